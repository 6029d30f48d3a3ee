/* Making elements. Only text goes in, or HTML that the document's own data carried. */
(function () {
  'use strict';

  /**
   * @template {keyof HTMLElementTagNameMap} Tag
   * @param {Tag} tag
   * @param {{[attribute: string]: string | number | boolean | null | undefined}} [attributes] null, undefined and false are left out
   * @param {(Node | string | null | undefined)[]} [children]
   * @returns {HTMLElementTagNameMap[Tag]}
   */
  function el(tag, attributes, children) {
    const node = document.createElement(tag);
    const given = attributes || {};
    Object.keys(given).forEach((name) => {
      const value = given[name];
      if (value === null || value === undefined || value === false) return;
      node.setAttribute(name, value === true ? '' : String(value));
    });
    (children || []).forEach((child) => {
      if (child !== null && child !== undefined) node.append(child);
    });
    return node;
  }

  /**
   * An element around HTML from the course data (sanitised when it was rendered), never from learners.
   * @template {keyof HTMLElementTagNameMap} Tag
   * @param {Tag} tag
   * @param {{[attribute: string]: string | number | boolean | null | undefined}} attributes
   * @param {Html} html
   * @returns {HTMLElementTagNameMap[Tag]}
   */
  function rich(tag, attributes, html) {
    const node = el(tag, attributes);
    node.innerHTML = html;
    return node;
  }

  /** The text of HTML from the course data. @param {Html} html @returns {string} */
  function plain(html) {
    const holder = document.createElement('template');
    holder.innerHTML = html;
    return (holder.content.textContent || '').replace(/\s+/g, ' ').trim();
  }

  /** @type {{[name: string]: string}} */
  const PATHS = {
    right: 'M4.5 12.5l5 5 10-11',
    partly: 'M5 12h14',
    wrong: 'M6 6l12 12M18 6L6 18',
    info: 'M12 11v6M12 7.2v.1',
    warning: 'M12 8v5M12 16.4v.1M12 3.6L2.6 20h18.8z',
    close: 'M6 6l12 12M18 6L6 18',
  };

  /** A small picture that says nothing by itself. @param {string} name @returns {SVGSVGElement} */
  function icon(name) {
    const space = 'http://www.w3.org/2000/svg';
    const svg = document.createElementNS(space, 'svg');
    svg.setAttribute('class', 'icon icon-' + name);
    svg.setAttribute('viewBox', '0 0 24 24');
    svg.setAttribute('aria-hidden', 'true');
    svg.setAttribute('focusable', 'false');
    const path = document.createElementNS(space, 'path');
    path.setAttribute('d', PATHS[name]);
    svg.append(path);
    return svg;
  }

  /**
   * @param {string} label
   * @param {string} kind CSS classes
   * @param {() => void} act
   * @returns {HTMLButtonElement}
   */
  function button(label, kind, act) {
    const node = el('button', { type: 'button', class: kind }, [label]);
    node.addEventListener('click', act);
    return node;
  }

  /** @param {Element} node */
  function empty(node) {
    node.textContent = '';
  }

  /** @type {DomModule['keepFocus']} */
  function keepFocus(build) {
    const active = document.activeElement;
    const id = active && active.closest('.view') ? active.id : '';
    const writing = active instanceof HTMLTextAreaElement || (active instanceof HTMLInputElement && active.type === 'text') ? active : null;
    const place = writing ? [writing.selectionStart, writing.selectionEnd] : null;
    build();
    const again = id ? document.getElementById(id) : null;
    if (!again || again === document.activeElement) return;
    again.focus({ preventScroll: true });
    if (place && (again instanceof HTMLTextAreaElement || again instanceof HTMLInputElement)) again.setSelectionRange(place[0], place[1]);
  }

  /**
   * Opens a dialog; Escape, the backdrop and the way back of the focus are the browser's where it can.
   * @param {HTMLDialogElement} dialog @param {() => void} [then] once it is open
   */
  function openDialog(dialog, then) {
    const show = () => {
      showDialog(dialog);
      if (then) then();
    };
    if (SSE.sight) SSE.sight.open(dialog, show);
    else show();
  }

  /** A dialog begins with what it is about, even where its first control lies so low that the focus has scrolled to it. @param {HTMLDialogElement} dialog */
  function atItsTop(dialog) {
    const title = dialog.querySelector('h2');
    if (!dialog.scrollTop || !title) return;
    title.tabIndex = -1;
    title.focus({ preventScroll: true });
    dialog.scrollTop = 0;
  }

  /** @param {HTMLDialogElement} dialog */
  function showDialog(dialog) {
    const before = document.activeElement;
    const back = () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
    if (typeof dialog.showModal === 'function') {
      dialog.showModal();
      atItsTop(dialog);
      dialog.addEventListener('close', back, { once: true });
      return;
    }
    dialog.setAttribute('open', '');
    dialog.setAttribute('role', 'dialog');
    const first = /** @type {HTMLElement | null} */ (dialog.querySelector('[autofocus], button, a[href]'));
    if (first) first.focus();
    atItsTop(dialog);
    /** @param {KeyboardEvent} event */
    const escape = (event) => {
      if (event.key === 'Escape') dialog.dispatchEvent(new Event('sse-close'));
    };
    document.addEventListener('keydown', escape);
    dialog.addEventListener('sse-close', () => {
      document.removeEventListener('keydown', escape);
      dialog.removeAttribute('open');
      dialog.dispatchEvent(new Event('close'));
      back();
    }, { once: true });
  }

  /** @param {HTMLDialogElement} dialog */
  function closeDialog(dialog) {
    if (typeof dialog.close === 'function') dialog.close();
    else dialog.dispatchEvent(new Event('sse-close'));
  }

  /** Closes `dialog` at a click beside it. @param {HTMLDialogElement} dialog */
  function closeBeside(dialog) {
    dialog.addEventListener('click', (event) => {
      if (event.target === dialog) closeDialog(dialog);
    });
  }

  SSE.dom = { el, rich, plain, icon, button, empty, keepFocus, openDialog, closeDialog, closeBeside };
})();
