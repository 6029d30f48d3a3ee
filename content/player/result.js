/* What came of a quiz: the verdict, what to look at again, every answer with its explanation. */
(function () {
  'use strict';

  const { t, percent, number, amount, course } = SSE.data;
  const { el, icon, empty } = SSE.dom;

  /** @param {string} href @param {string} label @param {string} [kind] */
  function link(href, label, kind) {
    return el('a', { href: '#' + href, class: kind || null }, [label]);
  }

  /** @param {number} earned @param {number} possible @returns {string} */
  function points(earned, possible) {
    return t('result.points', { n: possible, earned: number(earned), possible: number(possible) });
  }

  /** @param {UnitInfo} info @param {UnitState} state @returns {HTMLElement} */
  function verdict(info, state) {
    const last = state.attempts[state.attempts.length - 1];
    const top = /** @type {Attempt} */ (SSE.data.best(state));
    const left = state.closed ? 0 : state.attempts_allowed - state.attempts.length;
    const passed = state.success === 'passed';
    const kind = passed ? 'right' : left > 0 ? 'partly' : 'wrong';
    const words = t(passed ? 'result.passed' : left > 0 ? 'result.not-yet' : 'result.failed');
    const lines = [
      points(amount(last.earned), amount(last.possible))
        + ' · ' + t('quiz.pass', { percent: percent(info.mastery_score) }),
    ];
    if (top !== last) lines.push(t('result.best', { percent: percent(top.value), n: top.number }));
    lines.push(t('quiz.attempt', { n: last.number, total: state.attempts_allowed }) + ' · ' + t('quiz.left', { n: left }));
    return el('div', { class: 'verdict-panel is-' + kind }, [
      el('p', { class: 'verdict-words' }, [icon(kind), el('strong', {}, [words])]),
      el('p', { class: 'verdict-score' }, [t('result.score', { percent: percent(last.value) })]),
    ].concat(lines.map((line) => el('p', { class: 'verdict-line' }, [line]))));
  }

  /** @param {UnitInfo} info @param {UnitState} state @returns {HTMLElement | null} */
  function completion(info, state) {
    if (state.completion === 'completed') return el('p', { class: 'note' }, [icon('right'), ' ' + t('result.complete')]);
    const unread = info.pages.filter((page) => state.seen.indexOf(page.id) < 0);
    if (!unread.length) return null;
    return el('p', { class: 'note' }, [
      icon('info'), ' ' + t('result.pages', { n: unread.length }) + ' ',
      link(info.id + '/' + unread[0].id, t('result.pages.go')),
    ]);
  }

  /** What was earned and possible, and where to look again. @param {UnitInfo} info @param {Attempt} attempt */
  function outcomes(info, attempt) {
    return SSE.papers.byOutcome(info, attempt).map(({ outcome, questions }) => {
      const possible = questions.reduce((sum, question) => sum + question.points, 0);
      const earned = questions.reduce((sum, question) => sum + question.points * amount(attempt.results[question.id].credit || '0'), 0);
      const pages = info.pages.filter((page) => page.outcomes.indexOf(outcome.id) >= 0);
      return { outcome, earned, possible, pages, secure: earned >= possible - 1e-9 };
    });
  }

  /** @param {UnitInfo} info @param {Attempt} attempt @returns {HTMLElement | null} */
  function review(info, attempt) {
    const rows = outcomes(info, attempt);
    if (!rows.length) return null;
    return el('section', { class: 'review' }, [
      el('h2', {}, [t(rows.every((row) => row.secure) ? 'result.review.all' : 'result.review')]),
      el('ul', { class: 'outcomes' }, rows.map((row) => el('li', { class: row.secure ? 'is-right' : 'is-partly' }, [
        el('p', { class: 'outcome-state' }, [
          icon(row.secure ? 'right' : 'partly'),
          el('strong', {}, [t(row.secure ? 'result.secure' : 'result.look')]),
          ' ' + points(row.earned, row.possible),
        ]),
        el('p', { class: 'outcome-text' }, [row.outcome.text]),
        !row.secure && row.pages.length
          ? el('p', { class: 'outcome-pages' }, [t('result.pages.of') + ' '].concat(/** @type {any[]} */ (
            row.pages.map((page) => link(info.id + '/' + page.id, page.title))
          )))
          : null,
      ]))),
    ]);
  }

  /** @param {Result} result @returns {Result} without what would explain it */
  const bare = (result) => ({ credit: result.credit, parts: {}, feedback: [] });

  /** @param {UnitInfo} info @param {Attempt} attempt @param {boolean} explained @returns {HTMLElement} */
  function answers(info, attempt, explained) {
    const asked = SSE.papers.asked(info, attempt.paper);
    const items = asked.filter((question) => attempt.results[question.id]).map((question) => {
      const result = explained ? attempt.results[question.id] : bare(attempt.results[question.id]);
      const given = attempt.answers && attempt.answers[question.id] !== undefined ? attempt.answers[question.id] : null;
      const view = SSE.questions.view(question, {
        prefix: 'result-' + info.id + '-' + question.id,
        heading: t('question', { n: asked.indexOf(question) + 1 }),
        answer: given,
      });
      view.show(result, attempt.answers ? given : undefined);
      view.lock();
      return el('li', {}, [view.element]);
    });
    const whole = items.length === asked.length;
    return el('section', { class: 'given' }, [
      el('h2', {}, [t('result.answers')]),
      explained ? null : el('p', { class: 'note' }, [icon('info'), ' ' + t('result.unexplained.' + info.rules.feedback)]),
      whole ? null : el('p', { class: 'note' }, [icon('info'), ' ' + t('result.changed')]),
      el('ol', { class: 'questions' }, items),
    ]);
  }

  /** @type {ResultModule['prepare']} */
  function prepare(section, info, state) {
    const place = /** @type {HTMLElement} */ (section.querySelector('[data-result]'));
    empty(place);
    if (!state.attempts.length) {
      place.append(
        el('p', {}, [t('result.none')]),
        el('p', { class: 'quiz-actions' }, [link(info.id + '/quiz', t('quiz.go'), 'button')]),
      );
      return;
    }
    const last = state.attempts[state.attempts.length - 1];
    const left = state.attempts_allowed - state.attempts.length;
    const again = link(info.id + '/quiz', t('quiz.again'), 'button');
    again.addEventListener('click', (event) => {
      event.preventDefault();
      SSE.app.startAttempt(info.id);
    });
    const next = course.units[course.units.indexOf(info) + 1];
    const actions = [];
    if (left > 0 && !state.closed && Number(last.value) < 100) {
      if (state.success === 'passed') again.className = 'button button-secondary';
      actions.push(again);
    }
    if (next) actions.push(link(next.id + '/' + SSE.data.firstPlace(next), t('result.next'), 'button'));
    const { me } = SSE.data.links;
    if (me) actions.push(el('a', { href: me, class: 'button button-secondary' }, [t('me')]));
    [
      verdict(info, state),
      completion(info, state),
      review(info, last),
      actions.length ? el('p', { class: 'quiz-actions' }, actions) : null,
      answers(info, last, SSE.papers.explains(info, state)),
    ].forEach((node) => {
      if (node) place.append(node);
    });
  }

  SSE.result = { prepare };
})();
