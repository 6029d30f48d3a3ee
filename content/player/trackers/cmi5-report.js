/*
 * What a cmi5 session says, and when: each verdict and each attempt's answers once a registration, after asking whether
 * an earlier session's got through; nothing after the last statement.
 */
(function () {
  'use strict';

  const VERDICTS = ['completed', 'passed', 'failed'];

  /** @type {Cmi5ReportModule['of']} */
  function of(lrs, say, engine, rules) {
    const { reported, listens, spent } = rules;
    /** What is on its way. @type {{[what: string]: true}} */
    const asked = {};
    /** The statement by which it is known that all of it is there. @type {{[id: string]: string}} */
    const lasts = {};
    /** Passed or failed has been said in this session: once will do. */
    let judged = false;
    let told = -1;
    /** What asks the LMS for earlier statements does so one after the other, and holds up what comes after it: completed comes before passed. */
    let looking = 0;
    let looked = Promise.resolve();

    /** @param {string} what @param {() => Statement[]} make @param {boolean} look whether an earlier session may have said it */
    function once(what, make, look) {
      if (reported[what] || asked[what]) return;
      const statements = make();
      const last = statements[statements.length - 1];
      asked[what] = true;
      lasts[last.id] = what;
      if (!look && !looking) {
        statements.forEach(lrs.send);
        return;
      }
      looking += 1;
      looked = looked.then(() => (look ? lrs.has(last.id).catch(() => false) : false)).then((there) => {
        looking -= 1;
        if (there) sent(last, true);
        // Made anew: its time is that of now.
        else if (listens()) make().forEach(lrs.send);
      });
    }

    /** @param {Statement} statement @param {boolean} taken */
    function sent(statement, taken) {
      const what = lasts[statement.id];
      if (taken && statement.verb.id.slice(-11) === 'initialized') rules.begun();
      // Answers that are refused once are refused always.
      if (!what || (!taken && VERDICTS.indexOf(what) >= 0)) return;
      reported[what] = true;
      rules.save();
    }

    /** @type {Cmi5Report['verdicts']} */
    function verdicts(look) {
      if (!listens()) return;
      const overall = SSE.engine.overall(engine.state);
      const since = spent();
      const { value, success } = overall;
      const fits = value !== null && SSE.grading.reaches(value, SSE.data.mastery()) === (success === 'passed');
      if (overall.completion === 'completed') once('completed', () => [say.completed(since)], look);
      if (judged || reported.passed || success === 'unknown' || reported[success]) return;
      judged = true;
      once(success, () => [say[success](since, fits ? value : null)], look);
    }

    /** @type {Cmi5Report['answers']} */
    function answers(info, attempt, look) {
      const questions = SSE.papers.drawn(info, attempt.paper);
      if (!listens() || !attempt.answers || !questions.length) return;
      once('answered/' + info.id + '/' + attempt.number, () => questions.map((question) => say.answered(info, question, attempt)), look);
    }

    /** @type {Cmi5Report['progress']} */
    function progress() {
      const overall = SSE.engine.overall(engine.state);
      return overall.completion === 'completed' ? null : Math.floor(overall.progress * 100);
    }

    lrs.onSent = sent;
    return {
      verdicts,
      answers,
      progress,
      initialized: () => lrs.send(say.initialized()),
      progressed: () => {
        const now = progress();
        if (!listens() || now === null || now <= told) return;
        told = now;
        lrs.send(say.progressed(now));
      },
      terminated: (withProgress) => lrs.send(say.terminated(spent(), withProgress ? progress() : null)),
      begin: () => {
        verdicts(true);
        SSE.data.course.units.forEach((info) => engine.state.units[info.id].attempts.forEach((attempt) => answers(info, attempt, true)));
        told = progress() || 0;
      },
      /* Answers can be said by the next session. */
      sendAll: () => lrs.sendAll((statement) => statement.verb.id.slice(-8) !== 'answered'),
    };
  }

  SSE.cmi5Report = { of };
})();
