/*
 * The preview inside the course's document: problems beside what they concern, the look that the page around asks
 * for, and, over a reload, the place where the author was and what stood in the fields.
 */
(function () {
  'use strict';

  const data = JSON.parse(document.getElementById('preview-data').textContent);
  const framed = window.parent !== window;
  const KEPT = 'preview:' + window.location.pathname;

  // A site's worker would give out what was there before the save, even to the preview of another course.
  delete window.Navigator.prototype.serviceWorker;
  Array.from(document.querySelectorAll('link[rel=manifest]')).forEach((link) => link.remove());

  // ---- the look that is tried --------------------------------------------------------------

  /* As if the system asked for it: the style sheets' own conditions are made true or false. */
  function colours(scheme) {
    const rules = [];
    Array.from(document.styleSheets).forEach((sheet) => {
      Array.from(sheet.cssRules).forEach((rule) => {
        if (rule instanceof CSSMediaRule && /prefers-color-scheme/.test(rule.previewMedia || rule.media.mediaText)) rules.push(rule);
      });
    });
    rules.forEach((rule) => {
      rule.previewMedia = rule.previewMedia || rule.media.mediaText;
      const wanted = /dark/.test(rule.previewMedia) ? 'dark' : 'light';
      rule.media.mediaText = !scheme ? rule.previewMedia : scheme === wanted ? 'all' : 'not all';
    });
  }

  function look(settings) {
    const own = window.SSE && window.SSE.data ? window.SSE.data.course.direction : document.documentElement.dataset.ownDirection;
    document.documentElement.dir = settings.direction || own;
    colours(settings.scheme);
  }

  document.documentElement.dataset.ownDirection = document.documentElement.dir;
  const settings = (framed && window.parent.previewSettings) || { direction: '', scheme: '' };
  look(settings);

  // ---- problems at their place -------------------------------------------------------------

  function make(tag, attributes, inside) {
    const node = document.createElement(tag);
    Object.keys(attributes).forEach((name) => node.setAttribute(name, attributes[name]));
    node.append(...inside);
    return node;
  }

  function note(problem) {
    const copy = make('button', { type: 'button', title: 'Copy this place' }, [problem.place]);
    copy.addEventListener('click', () => {
      navigator.clipboard.writeText(problem.place).then(() => {
        copy.textContent = 'Copied';
        window.setTimeout(() => { copy.textContent = problem.place; }, 1500);
      }, () => {});
    });
    const kind = problem.severity === 'error' ? 'Error' : 'Warning';
    const code = make('code', {}, [problem.code]);
    return make('div', { class: 'preview-problem is-' + problem.severity, lang: 'en', dir: 'ltr', role: 'note' }, [
      make('p', {}, [make('b', {}, [kind]), ' ', code, ' ', copy]),
      make('p', {}, [problem.message]),
      make('p', {}, [problem.hint]),
    ]);
  }

  /* The innermost block that begins on that line or last before it. */
  function blockAt(section, line) {
    let found = null;
    Array.from(section.querySelectorAll('[data-line]')).forEach((block) => {
      const own = Number(block.dataset.line);
      if (own <= line && (!found || own >= Number(found.dataset.line))) found = block;
    });
    return found && (found.closest('.table-scroll') || found);
  }

  /** What the problem concerns, as far as it is in the document by now. */
  function subject(problem) {
    const at = problem.at;
    if (at.language && at.language !== document.documentElement.lang) return null;
    if (at.media) {
      const shown = Array.from(document.querySelectorAll('[src], [href]'))
        .find((node) => new URL(node.getAttribute('src') || node.getAttribute('href'), document.baseURI).pathname === at.media);
      return shown ? shown.closest('figure, p') || shown : null;
    }
    if (at.question) {
      return Array.from(document.querySelectorAll('[data-question]')).find((node) => {
        const section = node.closest('[data-unit-id]');
        return node.dataset.question === at.question && (!section || section.dataset.unitId === at.unit);
      }) || null;
    }
    const section = at.view && Array.from(document.querySelectorAll('.view')).find((one) => one.dataset.view === at.view);
    if (!section) return null;
    return (at.line && blockAt(section, at.line)) || section.querySelector('h1');
  }

  const notes = new Map();
  const MOST = 3;

  /** Whether it stops a build and stands nowhere in this document. */
  function belongsOnTop({ severity, at }) {
    if (at.top) return true;
    if (severity !== 'error' || !at.view || (at.language && at.language !== document.documentElement.lang)) return false;
    return data.stale && !Array.from(document.querySelectorAll('.view')).some((one) => one.dataset.view === at.view);
  }

  /** Above whatever page is open: what stops a build and is not to be seen in any. */
  function placeOnTop() {
    const found = data.problems.filter(belongsOnTop);
    if (!found.length || document.querySelector('.preview-top')) return;
    found.slice(0, MOST).forEach((problem) => notes.set(problem, note(problem)));
    const shown = found.slice(0, MOST).map((problem) => notes.get(problem));
    const more = found.length - shown.length;
    const rest = make('p', { lang: 'en', dir: 'ltr' }, ['And ' + more + ' more, in the list of problems.']);
    document.getElementById('notices').before(make('div', { class: 'preview-top' }, more > 0 ? shown.concat(rest) : shown));
  }

  function placeProblems() {
    placeOnTop();
    data.problems.forEach((problem) => {
      const old = notes.get(problem);
      if (old && old.isConnected) return;
      const where = subject(problem);
      if (!where) return;
      const shown = old || note(problem);
      notes.set(problem, shown);
      if (where.matches('li, td, th, fieldset, [data-question]')) {
        where.append(shown);
        return;
      }
      let last = where;
      while (last.nextElementSibling && last.nextElementSibling.matches('.preview-problem')) last = last.nextElementSibling;
      last.after(shown);
    });
  }

  /** The view in which a problem is shown, and its note; for the list beside the frame. */
  function goTo(index) {
    const problem = data.problems[index];
    const at = problem && problem.at;
    if (!at) return false;
    const above = document.querySelector('.preview-top');
    if (above && above.contains(notes.get(problem) || null)) window.scrollTo(0, 0);
    else if (at.view) window.location.hash = at.view;
    else if (at.question) {
      const check = document.querySelector('[data-check="' + CSS.escape(at.question) + '"]');
      const section = check && check.closest('.view');
      window.location.hash = section ? section.dataset.view : at.unit + '/quiz';
    }
    window.setTimeout(() => {
      placeProblems();
      const shown = notes.get(problem);
      if (!shown) return;
      const view = shown.closest('.view');
      if (view && !view.classList.contains('is-current')) window.location.hash = view.dataset.view;
      window.setTimeout(() => {
        shown.scrollIntoView({ block: 'center' });
        shown.querySelector('button').focus({ preventScroll: true });
      }, 60);
    }, 60);
    return true;
  }

  // ---- over a reload -----------------------------------------------------------------------

  const FIELDS = 'main input[id], main select[id], main textarea[id]';

  function remember() {
    const fields = {};
    Array.from(document.querySelectorAll(FIELDS)).forEach((field) => {
      const ticked = field.type === 'checkbox' || field.type === 'radio';
      if (ticked ? field.checked : field.value) fields[field.id] = ticked ? true : field.value;
    });
    const checked = Array.from(document.querySelectorAll('[data-check]'))
      .filter((check) => check.querySelector('.verdict')).map((check) => check.dataset.check);
    const open = Array.from(document.querySelectorAll('main details')).map((one) => one.open);
    const focus = document.activeElement && document.activeElement.id;
    try {
      window.sessionStorage.setItem(KEPT, JSON.stringify({
        hash: window.location.hash, scroll: window.scrollY, fields, checked, open, focus,
      }));
    } catch (error) {
      // Without storage the page begins at its top.
    }
  }

  function recall() {
    try {
      const kept = JSON.parse(window.sessionStorage.getItem(KEPT) || 'null');
      window.sessionStorage.removeItem(KEPT);
      const again = window.performance.getEntriesByType('navigation')[0].type === 'reload' || (framed && window.parent.previewAgain);
      return kept && again && kept.hash === window.location.hash ? kept : null;
    } catch (error) {
      return null;
    }
  }

  function restore(kept) {
    // “The course has changed”, “welcome back”: true, and in the way at each save.
    document.getElementById('notices').replaceChildren();
    Object.keys(kept.fields).forEach((id) => {
      const field = document.getElementById(id);
      if (!field) return;
      if (kept.fields[id] === true) {
        if (!field.checked) field.click();
      } else if (field.value !== kept.fields[id]) {
        field.value = kept.fields[id];
        ['input', 'change'].forEach((name) => field.dispatchEvent(new Event(name, { bubbles: true })));
      }
    });
    kept.checked.forEach((id) => {
      const button = document.querySelector('[data-check="' + CSS.escape(id) + '"] .check-actions button');
      if (button) button.click();
    });
    Array.from(document.querySelectorAll('main details')).forEach((one, index) => { one.open = kept.open[index] === true; });
    const focus = kept.focus && document.getElementById(kept.focus);
    if (focus) focus.focus({ preventScroll: true });
    const scroll = () => window.scrollTo(0, kept.scroll);
    scroll();
    // Checked answers bring their feedback a moment later.
    window.requestAnimationFrame(() => window.requestAnimationFrame(scroll));
  }

  // Before the player's own listeners: it ends the session, and may clear away what it shows.
  window.addEventListener('pagehide', remember, { capture: true });

  document.addEventListener('DOMContentLoaded', () => {
    look(settings);
    placeProblems();
    new MutationObserver(placeProblems).observe(document.querySelector('main'), { childList: true, subtree: true });
    const kept = recall();
    const ready = () => {
      placeProblems();
      if (kept) restore(kept);
      if (framed && window.parent.previewReady) window.parent.previewReady(data.number);
    };
    if (document.body.classList.contains('is-ready')) {
      ready();
      return;
    }
    const waiting = new MutationObserver(() => {
      if (!document.body.classList.contains('is-ready')) return;
      waiting.disconnect();
      ready();
    });
    waiting.observe(document.body, { attributes: true, attributeFilter: ['class'] });
  });

  // ---- new wording in pages that are otherwise as they were ---------------------------------

  /** @returns {boolean} whether the document is now what the reading `number` makes */
  function take(number, sections) {
    const player = window.SSE;
    // Trainer guides are shown without the player.
    if (!player || data.stale || data.number !== number - 1 || !document.body.classList.contains('is-ready')) return false;
    // Languages that are not shown lie ready elsewhere.
    if (player.data.course.switch.length > 1) return false;
    const places = sections.filter(({ language }) => language === document.documentElement.lang).map(({ view, html }) => (
      { html, section: player.pages.sections[view] }
    )).filter(({ section }) => section);
    player.dom.keepFocus(() => places.forEach(({ html, section }) => {
      const prose = section.querySelector('.prose');
      const open = Array.from(prose.querySelectorAll('details')).map((one) => one.open);
      const begun = prose.querySelector('[data-ready]');
      prose.innerHTML = html;
      Array.from(prose.querySelectorAll('details')).forEach((one, index) => { one.open = open[index]; });
      if (begun) player.checks.prepare(section, player.data.unit(section.dataset.unitId));
    }));
    if (player.pages.current()) player.pages.show(player.pages.current(), false);
    data.number = number;
    placeProblems();
    if (framed && window.parent.previewReady) window.parent.previewReady(number);
    return true;
  }

  window.previewInside = { look, goTo, take, stale: data.stale };

  // Opened without the page around it, the document looks after itself.
  if (!framed) {
    const source = new EventSource('/_preview/events?after=' + data.number);
    source.onmessage = (event) => {
      const { number, sections } = JSON.parse(event.data);
      if (!sections.length || !take(number, sections)) window.location.reload();
    };
  }
})();
