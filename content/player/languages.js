/*
 * Several languages in one document: each but the first is a script that is loaded when it is wanted. Nothing else
 * is loaded again, no session ends, and state, place and focus stay: they know of no language.
 */
(function () {
  'use strict';

  const { course, t } = SSE.data;
  const { el, icon } = SSE.dom;

  const opener = document.getElementById('language-button');
  const KEY = 'sse:language:' + course.course.id;

  /** The editions that are not shown. @type {{[tag: string]: {data: Partial<CourseData>, views: {[view: string]: DocumentFragment}}}} */
  const held = {};
  /** What was asked for last: an older wish that arrives later is passed over. */
  let wish = course.language;

  /** @type {LanguagesModule['take']} */
  function take(edition) {
    /** @type {{[view: string]: DocumentFragment}} */
    const views = {};
    Object.keys(edition.views).forEach((view) => {
      const holder = document.createElement('template');
      holder.innerHTML = edition.views[view];
      views[view] = holder.content;
    });
    held[String(edition.data.language)] = { data: edition.data, views };
  }

  /** @param {string} tag @returns {Promise<void>} */
  function load(tag) {
    if (held[tag]) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const script = document.createElement('script');
      const one = course.switch.filter((language) => language.tag === tag)[0];
      const arrived = () => {
        script.remove();
        if (held[tag]) resolve();
        else reject(new Error('no edition in ' + tag));
      };
      // A document in one file carries its languages inside.
      const inside = document.querySelector('script[data-language="' + tag + '"]');
      if (inside) script.textContent = inside.textContent;
      else script.src = String(one.src);
      script.onload = arrived;
      script.onerror = arrived;
      document.head.append(script);
      if (inside) arrived();
    });
  }

  /** Where the eye is, as a block of the section and how much of it has gone by. */
  function eye() {
    const section = SSE.pages.sections[SSE.pages.current()];
    const find = () => (section ? Array.from(section.querySelectorAll('.prose > *, .questions > li, [data-result] > *')) : []);
    const line = window.innerHeight / 4;
    const at = find().map((block) => block.getBoundingClientRect().bottom > line).indexOf(true);
    if (at < 0 || window.scrollY < line) return () => {};
    const before = find()[at].getBoundingClientRect();
    const gone = (line - before.top) / Math.max(before.height, 1);
    return () => {
      const block = find()[at];
      if (!block) return;
      const box = block.getBoundingClientRect();
      window.scrollBy(0, box.top + gone * box.height - line);
    };
  }

  /** @param {string} tag */
  function show(tag) {
    const next = held[tag];
    SSE.app.flush();
    const look = eye();
    /** @type {{[name: string]: unknown}} */
    const present = {};
    const all = /** @type {{[name: string]: any}} */ (/** @type {unknown} */ (course));
    Object.keys(next.data).forEach((name) => { present[name] = all[name]; });
    /** @type {{[view: string]: DocumentFragment}} */
    const views = {};
    Object.keys(next.views).forEach((view) => {
      const section = SSE.pages.sections[view];
      if (!section) return;
      views[view] = document.createDocumentFragment();
      views[view].append.apply(views[view], Array.from(section.childNodes));
      section.append(next.views[view]);
    });
    held[course.language] = { data: present, views };
    delete held[tag];
    SSE.data.adopt(next.data);
    document.documentElement.lang = tag;
    document.documentElement.dir = course.direction;
    SSE.data.tellLanguage();
    look();
    name();
  }

  /** The button says the language that is shown. */
  function name() {
    const place = /** @type {HTMLElement} */ (document.getElementById('language-name'));
    const one = course.switch.filter((language) => language.tag === course.language)[0];
    place.textContent = one.name;
    place.lang = one.tag;
  }

  /** @param {string} tag */
  function choose(tag) {
    wish = tag;
    const late = window.setTimeout(() => SSE.pages.announce(t('loading')), 300);
    const done = () => window.clearTimeout(late);
    load(tag).then(() => {
      done();
      if (wish !== tag || course.language === tag) return;
      SSE.dom.keepFocus(() => show(tag));
      remember(tag);
      SSE.app.keepLanguage(tag);
      const one = course.switch.filter((language) => language.tag === tag)[0];
      SSE.pages.announce(t('language.now', { language: one.name }));
    }).catch(() => {
      done();
      if (wish === tag) SSE.app.notice('language.failed', 'warning');
    });
  }

  function open() {
    /** @type {HTMLDialogElement} */
    const dialog = el('dialog', { class: 'dialog language-dialog', 'aria-labelledby': 'language-title' }, [
      el('h2', { id: 'language-title' }, [t('languages')]),
      el('ul', { class: 'language-list' }, course.switch.map((language) => {
        const current = language.tag === course.language;
        const button = SSE.dom.button(language.name, 'language-choice', () => {
          SSE.dom.closeDialog(dialog);
          if (!current) choose(language.tag);
        });
        button.lang = language.tag;
        button.dir = 'auto';
        if (current) button.setAttribute('aria-current', 'true');
        return el('li', {}, [button]);
      })),
    ]);
    const close = el('button', { type: 'button', class: 'dialog-close', 'aria-label': t('language.close') }, [icon('close')]);
    close.addEventListener('click', () => SSE.dom.closeDialog(dialog));
    dialog.append(close);
    SSE.dom.closeBeside(dialog);
    dialog.addEventListener('close', () => dialog.remove(), { once: true });
    document.body.append(dialog);
    SSE.dom.openDialog(dialog, () => {
      const current = /** @type {HTMLElement | null} */ (dialog.querySelector('[aria-current]'));
      if (current) current.focus();
    });
  }

  /** @param {string} tag */
  function remember(tag) {
    try {
      window.localStorage.setItem(KEY, tag);
    } catch (error) {
      // The state remembers it too.
    }
  }

  /** @returns {string | null} */
  function remembered() {
    try {
      return window.localStorage.getItem(KEY);
    } catch (error) {
      return null;
    }
  }

  /** @param {string | null | undefined} wanted a language tag @returns {string | null} the language here that serves it */
  function serve(wanted) {
    const tags = course.switch.map((language) => language.tag);
    const asked = String(wanted || '').trim().toLowerCase().replace('_', '-');
    if (!asked) return null;
    const exact = tags.filter((tag) => tag.toLowerCase() === asked)[0];
    return exact || tags.filter((tag) => tag.toLowerCase().split('-')[0] === asked.split('-')[0])[0] || null;
  }

  /** @type {LanguagesModule['first']} */
  function first(started) {
    const wishes = [started.state.language, ...(started.languages || []), remembered(), ...(window.navigator.languages || [])];
    const tag = wishes.map(serve).filter(Boolean)[0];
    if (!opener || !tag || tag === course.language) return Promise.resolve();
    wish = tag;
    // Rather the first language than none.
    return load(tag).then(() => show(tag), () => { wish = course.language; });
  }

  if (opener) opener.addEventListener('click', open);
  SSE.languages = { take, first };
})();
