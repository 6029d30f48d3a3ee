/* The list of all problems beside the frame, each with ways to its place. */
(function () {
  'use strict';

  const place = (id) => document.getElementById(id);

  function make(tag, attributes, inside) {
    const node = document.createElement(tag);
    Object.keys(attributes).forEach((name) => node.setAttribute(name, attributes[name]));
    node.append(...inside);
    return node;
  }

  function item(problem, index, show) {
    const copy = make('button', { type: 'button' }, ['Copy']);
    copy.setAttribute('aria-label', 'Copy ' + problem.place);
    copy.addEventListener('click', () => {
      navigator.clipboard.writeText(problem.place).then(() => { copy.textContent = 'Copied'; }, () => {});
    });
    const actions = [copy];
    if (Object.keys(problem.at).some((one) => one === 'view' || one === 'question' || one === 'media')) {
      const go = make('button', { type: 'button', 'aria-label': 'Show ' + problem.place }, ['Show']);
      go.addEventListener('click', () => show(problem, index));
      actions.unshift(go);
    }
    return make('li', { class: problem.severity }, [
      make('p', {}, [make('b', {}, [problem.severity === 'error' ? 'Error' : 'Warning']), ' ', make('code', { class: 'place' }, [problem.place])]),
      make('p', {}, [problem.message]),
      make('p', {}, [problem.hint]),
      make('p', {}, actions),
    ]);
  }

  const many = (number, word) => number + ' ' + word + (number === 1 ? '' : 's');

  /** @returns {string} how many, in words */
  function counted(problems) {
    const errors = problems.filter((one) => one.severity === 'error').length;
    const warnings = problems.length - errors;
    return [errors && many(errors, 'error'), warnings && many(warnings, 'warning')].filter(Boolean).join(', ') || 'No problems';
  }

  function list(problems, show) {
    place('problems-none').hidden = problems.length > 0;
    const items = problems.map((problem, index) => item(problem, index, show));
    const are = (severity) => items.filter((one, index) => problems[index].severity === severity);
    place('problems-list').replaceChildren(...are('error'), ...are('warning'));
    const button = place('problems-button');
    const errors = problems.filter((one) => one.severity === 'error');
    // In the bar only the worse ones, so that it keeps its height.
    button.textContent = counted(errors.length ? errors : problems);
    button.classList.toggle('has-errors', errors.length > 0);
  }

  window.previewProblems = { list, counted };
})();
