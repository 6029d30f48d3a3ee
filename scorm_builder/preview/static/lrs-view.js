/* The LMS of a cmi5 preview, which listens by xAPI: its statements, documents and breaches, asked for as they come. */
(function () {
  'use strict';

  const place = (id) => document.getElementById(id);
  const { make, facts, row, table, kept } = window.lmsView;
  const PAUSE = 400;
  const ROOT = '/_preview/lrs/';

  let timer = 0;
  /** Which watch goes on: an answer that comes after the end of its watch is passed over. */
  let turn = 0;
  let before = '';

  const post = (name, wish) => fetch(ROOT + name, { method: 'POST', body: JSON.stringify(wish) }).then((answer) => answer.json());
  const verb = (statement) => String(statement.verb && statement.verb.id).replace(/^.*\//, '');

  function said(statement) {
    const { score, success, completion, extensions } = statement.result || {};
    const parts = [];
    if (score && score.scaled !== undefined) parts.push('score ' + score.scaled);
    if (success !== undefined) parts.push('success ' + success);
    if (completion !== undefined) parts.push('completion ' + completion);
    Object.keys(extensions || {}).forEach((name) => parts.push(name.replace(/^.*\//, '') + ' ' + extensions[name]));
    return parts.join(', ') || '–';
  }

  /** The question or activity, without the address that is the same in all. */
  const about = (statement, view) => (statement.object.id.indexOf(view.activity + '/') === 0
    ? statement.object.id.slice(view.activity.length + 1) : statement.object.id).replace(/^https?:\/\/[^/]+\/activities\//, '');

  const what = (statement, view) => make('span', {}, [make('b', {}, [verb(statement)]), ' ', about(statement, view)]);

  function draw(view, player) {
    const text = view.state && typeof view.state.state === 'string' ? view.state.state : '';
    const own = view.statements.filter((one) => one.object.id === view.activity);
    const verbs = own.map(verb);
    const reached = ['completed', 'passed', 'failed'].filter((one) => verbs.indexOf(one) >= 0);
    facts(place('lms-facts'), [
      ['The package', verbs.length ? (verbs[verbs.length - 1] === 'terminated' ? 'has ended its session' : 'in session') : 'has not begun'],
      ['Attempt, session', view.attempt + ', ' + view.sessions],
      ['Status', reached.join(', ') || 'nothing reached yet'],
      ['Statements', String(view.statements.length)],
      ['State', text.length + ' characters'],
    ]);
    place('lms-faults').replaceChildren(...(view.faults.length ? view.faults : [{ message: '' }]).map((one) => (
      one.message ? make('li', { class: 'error' }, [make('p', {}, [make('b', {}, ['Error']), ' ' + one.message + (one.times > 1 ? ' × ' + one.times : '')])])
        : make('li', {}, ['None so far.']))));
    place('lms-kept').replaceChildren(...kept(text, player()));
    table(['Statements, the last first', 'Verb and object', 'Result'], view.statements.map((one) => row([what(one, view), said(one)], '')).reverse());
    place('lms-calls').replaceChildren(...view.calls.map(([call, status]) => row([call, String(status)], status >= 400 && status !== 404 ? 'error' : '')).reverse());
  }

  function watch(player) {
    stop();
    look(player, turn);
  }

  function look(player, mine) {
    fetch(ROOT + 'view.json').then((answer) => answer.text()).then((text) => {
      if (mine !== turn) return;
      if (text !== before) draw(JSON.parse(text), player);
      before = text;
    }).catch(() => {}).then(() => {
      if (mine === turn) timer = window.setTimeout(() => look(player, mine), PAUSE);
    });
  }

  function stop() {
    window.clearTimeout(timer);
    turn += 1;
    before = '';
  }

  window.lrsView = { launch: (wish) => post('launch', wish), fail: (failing) => post('failing', { failing }), watch, stop };
})();
