/* The page around the document: what is shown in which language, medium and look; reloads; the LMS. */
(function () {
  'use strict';

  const place = (id) => document.getElementById(id);
  const frame = place('frame');
  const status = place('status');
  const CONTROLS = ['unit', 'language', 'medium', 'width', 'direction', 'scheme'];

  let state = JSON.parse(place('preview-state').textContent);
  let lms = null;
  /** The tracks that the LMS keeps, one a medium and SCO: the whole course, or a unit as `--sco unit` makes it. */
  const tracks = {};

  // ---- what was chosen ---------------------------------------------------------------------

  const asked = new URLSearchParams(window.location.search);
  const choice = {};
  CONTROLS.forEach((name) => { choice[name] = asked.get(name) || ''; });

  const option = (value, text) => Object.assign(document.createElement('option'), { value, textContent: text });

  function fill(name, options) {
    const select = place(name);
    const texts = options.map((one) => one.value + one.textContent).join('|');
    if (select.dataset.texts !== texts) {
      select.dataset.texts = texts;
      select.replaceChildren(...options);
    }
  }

  function name(language) {
    try {
      return new Intl.DisplayNames([language], { type: 'language' }).of(language) + ' (' + language + ')';
    } catch (error) {
      return language;
    }
  }

  const TOGETHER = 'together';
  const GUIDE = 'guide';
  /** The language of what the menus name. */
  const named = () => (choice.language === TOGETHER ? state.languages[0].tag : choice.language);

  /** Fills the menus from the state, and keeps what is chosen as long as it is there. */
  function offer() {
    const all = state.languages.length > 1 ? [option(TOGETHER, 'All in one')] : [];
    const languages = state.languages.map((one) => option(one.tag, name(one.tag))).concat(all);
    fill('language', languages);
    fill('medium', state.media.map((one) => option(one.name, one.title)));
    if (!languages.some((one) => one.value === choice.language)) choice.language = languages.length ? languages[0].value : '';
    fill('unit', [option('', 'The whole course')].concat(state.units.map((unit) => option(unit.id, unit.title[named()] || unit.id))));
    if (!state.units.some((unit) => unit.id === choice.unit)) choice.unit = '';
    if (!state.media.some((one) => one.name === choice.medium)) choice.medium = 'local';
    if (!Array.from(place('width').options).some((one) => one.value === choice.width)) choice.width = 'full';
    CONTROLS.forEach((control) => { place(control).value = choice[control]; });
    place('title').textContent = state.title;
  }

  function address() {
    if (!choice.language) return '/show/local/-/';
    return ['/show', choice.medium, choice.language].concat(choice.unit ? [choice.unit] : []).map(encodeURIComponent).join('/').replace('%2Fshow', '/show') + '/';
  }

  function keepChoice() {
    const query = new URLSearchParams();
    CONTROLS.forEach((control) => { if (choice[control] && choice[control] !== 'full') query.set(control, choice[control]); });
    window.history.replaceState(null, '', '?' + query.toString());
  }

  // ---- the frame ---------------------------------------------------------------------------

  const inside = () => frame.contentWindow;

  function hash() {
    try {
      return inside().location.hash;
    } catch (error) {
      return '';
    }
  }

  /** Shows what is chosen; the same document again where it has changed. */
  function show() {
    const wanted = address();
    place('sheet').dataset.width = choice.width;
    if (speaksXapi()) {
      relaunch(false);
    } else if (inside().location.pathname === wanted) {
      inside().location.reload();
    } else {
      inside().location.replace(wanted + (hash() || window.location.hash));
    }
  }

  /** A cmi5 package ends its session when it is left: each time it is shown is a launch. @param {boolean} fresh */
  function relaunch(fresh) {
    const at = hash() || window.location.hash;
    const wish = { fresh, review: place('lms-review').checked, activity: state.courseId + (choice.unit ? '/' + choice.unit : '') };
    window.lrsView.launch(wish).then(({ query }) => {
      inside().location.replace(address() + '?' + query + (fresh ? '' : at));
    }, () => {});
  }

  function look() {
    window.previewSettings = { direction: choice.direction, scheme: choice.scheme };
    place('sheet').dataset.width = choice.width;
    if (inside().previewInside) inside().previewInside.look(window.previewSettings);
  }

  let begun = 0;
  let shown = '';
  /** What was asked for and is told once the document stands. */
  let done = '';

  /** In the bar: how the document came, and how many problems a save brought or left. @param {string} [more] */
  function tell(more) {
    status.textContent = shown + (more ? ' ' + more + '.' : '');
  }

  /** Called by the document once it stands. */
  window.previewReady = (number) => {
    const stale = inside().previewInside.stale;
    const took = begun ? ' in ' + Math.round(performance.now() - begun) + ' ms' : '';
    begun = 0;
    window.previewAgain = false;
    document.body.dataset.shown = String(number);
    status.classList.toggle('is-stale', stale);
    const usual = done || (choice.medium === 'web' ? 'Works offline once built.' : 'Follows each save.');
    done = '';
    shown = stale ? 'Shown as it was before the errors.' : took ? 'Shown' + took + '.' : usual;
    tell();
  };

  // ---- the LMS -----------------------------------------------------------------------------

  const speaksXapi = () => medium().api === 'xapi';
  const medium = () => state.media.find((one) => one.name === choice.medium) || { api: '' };

  function player() {
    try {
      return inside().SSE || null;
    } catch (error) {
      return null;
    }
  }

  /** An LMS for the medium, in the window where the package looks for it; or none. */
  function connect() {
    ['API', 'API_1484_11'].forEach((one) => { delete window[one]; });
    const { api, limit } = medium();
    const unit = state.units.find((one) => one.id === choice.unit);
    place('lms-activity').textContent = unit ? unit.title[named()] || unit.id : 'The whole course';
    place('lms-button').hidden = !api;
    place('afresh').hidden = Boolean(api) || choice.medium === GUIDE;
    window.lrsView.stop();
    if (api === 'xapi') {
      lms = null;
      window.lrsView.fail(place('lms-failing').checked);
      window.lrsView.watch(player);
      open('lms', true);
      return;
    }
    if (!api) {
      lms = null;
      open('lms', false);
      return;
    }
    const track = choice.medium + '/' + choice.unit;
    tracks[track] = tracks[track] || window.createLms({
      version: api, limit, learner: 'Preview, Learner',
      page: () => frame.contentDocument, changed: () => { if (lms === tracks[track]) window.lmsView.show(lms, player); },
    });
    lms = tracks[track];
    lms.review = place('lms-review').checked;
    lms.failing = place('lms-failing').checked;
    window[lms.apiName] = lms.api;
    window.lmsView.show(lms, player);
    open('lms', true);
  }

  /** Away from the document, so that it ends its session, then on. @param {() => void} next */
  function leave(next) {
    const arrived = () => {
      frame.removeEventListener('load', arrived);
      const fresh = next() === 'fresh';
      if (speaksXapi()) relaunch(fresh);
      else inside().location.replace(address());
    };
    frame.addEventListener('load', arrived);
    inside().location.replace('about:blank');
  }

  /** What players keep in this browser. */
  function forget() {
    [window.localStorage, window.sessionStorage].forEach((store) => {
      Object.keys(store).filter((key) => key.indexOf('sse:') === 0).forEach((key) => store.removeItem(key));
    });
  }

  place('lms-resume').addEventListener('click', () => leave(() => { done = 'Suspended and resumed.'; }));
  place('lms-new').addEventListener('click', () => leave(() => {
    if (lms) lms.newAttempt();
    forget();
    done = 'A new attempt.';
    return 'fresh';
  }));
  place('afresh').addEventListener('click', () => leave(() => {
    forget();
    done = 'Progress and attempts are forgotten.';
  }));
  place('lms-failing').addEventListener('change', (event) => {
    if (lms) lms.failing = event.target.checked;
    else window.lrsView.fail(event.target.checked);
  });
  place('lms-review').addEventListener('change', (event) => leave(() => { if (lms) lms.review = event.target.checked; }));

  // ---- panels ------------------------------------------------------------------------------

  function open(id, wanted) {
    place(id).hidden = !wanted;
    place(id + '-button').setAttribute('aria-expanded', String(wanted));
  }

  ['problems', 'lms'].forEach((id) => {
    place(id + '-button').addEventListener('click', () => {
      const wanted = place(id).hidden;
      ['problems', 'lms'].forEach((other) => { if (place(other + '-button').hidden === false) open(other, other === id && wanted); });
      if (wanted) place(id).scrollIntoView({ block: 'nearest' });
    });
  });

  function goTo(problem, index) {
    const at = problem.at;
    const language = at.language && at.language !== choice.language ? at.language : '';
    const shows = at.medium || (choice.medium === GUIDE ? 'local' : choice.medium);
    const other = shows !== choice.medium;
    if (!language && !other && inside().previewInside && inside().previewInside.goTo(index)) return;
    choice.medium = shows;
    choice.language = language || choice.language;
    choice.unit = choice.unit && at.unit && choice.unit !== at.unit ? at.unit : choice.unit;
    const arrived = () => {
      if (!inside().previewInside) return;
      frame.removeEventListener('load', arrived);
      window.setTimeout(() => { if (inside().previewInside) inside().previewInside.goTo(index); }, 100);
    };
    frame.addEventListener('load', arrived);
    offer();
    keepChoice();
    if (other) leave(connect);
    else show();
  }

  // ---- changes -----------------------------------------------------------------------------

  place('controls').addEventListener('submit', (event) => event.preventDefault());
  CONTROLS.forEach((control) => {
    place(control).addEventListener('change', (event) => {
      choice[control] = event.target.value;
      keepChoice();
      if (control === 'medium' || (control === 'unit' && medium().api)) {
        offer();
        leave(connect);
      } else if (control === 'unit' || control === 'language') {
        offer();
        show();
      }
      look();
    });
  });

  /**
   * The course was saved: the document first, the lists meanwhile. Where only the wording of pages is new, the
   * document that is open takes it.
   */
  function changed({ number, sections }) {
    begun = performance.now();
    const taker = inside().previewInside;
    if (sections.length && taker && taker.take(number, sections)) {
      state.number = number;
      return;
    }
    status.textContent = 'Saved: reading …';
    window.previewAgain = true;
    show();
    fetch('/_preview/state.json').then((answer) => answer.json()).then((fresh) => {
      if (fresh.number < number) return;
      const before = state;
      state = fresh;
      const had = choice.language + ' ' + choice.unit;
      offer();
      if (choice.language + ' ' + choice.unit !== had) show();
      window.previewProblems.list(state.problems, goTo);
      if (state.problems.length !== before.problems.length) tell(window.previewProblems.counted(state.problems));
    }, () => {});
  }

  const source = new EventSource('/_preview/events?after=' + state.number);
  source.onmessage = (event) => changed(JSON.parse(event.data));
  source.onerror = () => { status.textContent = 'The preview has stopped. Start it again in the terminal.'; };
  source.onopen = () => { if (/stopped/.test(status.textContent)) status.textContent = ''; };

  offer();
  window.previewProblems.list(state.problems, goTo);
  if (state.hasErrors) open('problems', true);
  look();
  connect();
  show();
})();
