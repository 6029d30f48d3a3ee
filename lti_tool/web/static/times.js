/* Shows times in the reader's own time zone; without this they stand in the tool's. */
(function () {
  'use strict';

  const language = document.documentElement.lang || 'en';
  // As the server writes them: days before months, and in Arabic the digits 0–9.
  const regions = { en: 'en-GB', ar: 'ar-TN-u-nu-latn', pt: 'pt-PT' };
  const locale = regions[language] || language;
  let format;
  try {
    format = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short', hourCycle: 'h23' });
  } catch (error) {
    return;
  }
  const zone = format.resolvedOptions().timeZone;
  if (!zone) return;
  document.querySelectorAll('time[datetime]').forEach(function (node) {
    const moment = new Date(node.dateTime);
    if (!Number.isNaN(moment.getTime())) node.textContent = format.format(moment);
  });
  document.querySelectorAll('[data-zone]').forEach(function (node) {
    node.textContent = zone.replace(/_/g, ' ');
  });
  document.querySelectorAll('[data-times]').forEach(function (node) {
    node.hidden = node.dataset.times !== 'local';
  });
})();
