/* The LMS as a designer sees it: what it was told, what it keeps, what it had to refuse. */
(function () {
  'use strict';

  const place = (id) => document.getElementById(id);
  const LAST = 60;

  function make(tag, attributes, inside) {
    const node = document.createElement(tag);
    Object.keys(attributes).forEach((name) => node.setAttribute(name, attributes[name]));
    node.append(...inside);
    return node;
  }

  function facts(target, pairs) {
    target.replaceChildren(...pairs.flatMap(([term, value]) => [make('dt', {}, [term]), make('dd', {}, [value])]));
  }

  const STATES = { waiting: 'has not called yet', launched: 'has not begun', running: 'in session', ended: 'has ended its session' };

  function summary(lms) {
    const values = lms.values;
    const read = (...names) => names.map((name) => values[name]).filter((value) => value !== undefined).join(', ') || 'not set';
    const suspend = values[lms.elements.suspend] || '';
    return [
      ['The package', STATES[lms.state]],
      ['Attempt, session', lms.attempt + ', ' + lms.sessions],
      ['Status', read('cmi.core.lesson_status', 'cmi.completion_status', 'cmi.success_status')],
      ['Score', read(lms.elements.raw)],
      ['Time', (values[lms.elements.session] || '–') + ' (before: ' + (values[lms.elements.total] || 'none') + ')'],
      ['Suspend data', suspend.length + ' of ' + lms.limit + ' characters'],
      ['Commits', lms.commits + (lms.failures ? ', and ' + lms.failures + ' that failed' : '')],
    ];
  }

  function faults(lms) {
    if (!lms.faults.length) return [make('li', {}, ['None so far.'])];
    return lms.faults.map((one) => make('li', { class: one.severity }, [
      make('p', {}, [make('b', {}, [one.severity === 'error' ? 'Error' : 'Warning']), ' ', make('code', {}, [one.call]), one.times > 1 ? ' × ' + one.times : '']),
      make('p', {}, [one.message]),
    ]));
  }

  function row(cells, kind) {
    return make('tr', kind ? { class: kind } : {}, cells.map((cell) => make('td', {}, [make('bdi', {}, [cell])])));
  }

  function rows(lms) {
    const list = Object.keys(lms.values).sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
    return list.map((element) => row([element, lms.values[element]], lms.fresh[element] ? 'is-new' : ''));
  }

  function calls(lms) {
    return lms.calls.slice(-LAST).reverse().map((one) => {
      const args = one.args.map((value) => (typeof value === 'string' ? '"' + value.slice(0, 60) + (value.length > 60 ? '…' : '') + '"' : String(value)));
      const said = one.code === '0' ? one.answer.slice(0, 60) : one.answer + ' – ' + one.code + ', ' + one.meaning;
      return row([one.call + '(' + args.join(', ') + ')', said], one.code === '0' ? '' : 'error');
    });
  }

  /** The table of all that is known: elements of a data model, or statements. @param {string[]} names of it and its columns @param {HTMLElement[]} lines */
  function table([title, name, value], lines) {
    place('lms-elements-title').textContent = title;
    place('lms-elements-name').textContent = name;
    place('lms-elements-value').textContent = value;
    place('lms-elements').replaceChildren(...lines);
  }

  /** What was kept, as its own player reads it, in words. */
  function kept(text, player) {
    if (!text) return [make('p', {}, ['Nothing yet.'])];
    let read = null;
    try {
      read = player && player.pack ? player.pack.decode(text) : null;
    } catch (error) {
      read = null;
    }
    if (!read) return [make('p', {}, ['The player cannot read it: a learner would start afresh.'])];
    const found = [];
    player.data.course.units.forEach((info) => {
      const own = read.state.units[info.id];
      if (!own) return;
      const titles = info.pages.filter((page) => own.seen.indexOf(page.id) >= 0).map((page) => page.title);
      const quiz = info.quiz.length;
      const answered = own.open ? Object.keys(own.open.answers).length : 0;
      const line = make('dl', { class: 'facts' }, []);
      facts(line, [
        ['Unit', make('bdi', {}, [info.title])],
        ['Place', make('bdi', {}, [own.page || '–'])],
        ['Pages seen', make('bdi', {}, [titles.length + ' of ' + info.pages.length + (titles.length ? ': ' + titles.join(' · ') : '')])],
        ['Attempts', own.attempts.length ? own.attempts.map((one) => one.value + ' %').join(', ') : 'none'],
        ['Open attempt', own.open ? answered + ' of ' + quiz + ' answered' : 'none'],
        ['Completion', own.completion + ', ' + own.success],
      ]);
      found.push(line);
    });
    return found;
  }

  let waiting = 0;

  /** Draws soon: a session makes many calls at once. */
  function show(lms, player) {
    window.clearTimeout(waiting);
    waiting = window.setTimeout(() => {
      facts(place('lms-facts'), summary(lms));
      place('lms-faults').replaceChildren(...faults(lms));
      place('lms-kept').replaceChildren(...kept(lms.values[lms.elements.suspend] || '', player()));
      table(['Data model', 'Element', 'Value'], rows(lms));
      place('lms-calls').replaceChildren(...calls(lms));
    }, 40);
  }

  window.lmsView = { show, make, facts, row, table, kept };
})();
