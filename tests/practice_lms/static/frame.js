// What an LMS does for the tool in its frame: gives it its height (lti.frameResize) and shows its
// top (lti.scrollToTop), asked for in an object or in JSON text as tools do; and keeps what it
// stores (LTI Platform Storage 0.1) for as long as this page is open; and leaves the tool when it
// says that it is done (org.imsglobal.lti.close).
const frame = document.getElementById('tool');
const stored = new Map();

addEventListener('message', (event) => {
  if (event.source !== frame.contentWindow) return;
  const message = read(event.data);
  if (message.subject === 'lti.frameResize' && Number(message.height) > 0) {
    const border = frame.offsetHeight - frame.clientHeight;
    frame.style.blockSize = `${Math.min(Number(message.height), 20000) + border}px`;
  } else if (message.subject === 'lti.scrollToTop') {
    scrollTo(0, 0);
  } else if (message.subject === 'org.imsglobal.lti.close' || message.subject === 'lti.close') {
    location.href = frame.dataset.back;
  } else if (typeof message.message_id === 'string') {
    const answer = answerTo(message, event.origin);
    const head = { subject: `${message.subject}.response`, message_id: message.message_id };
    event.source.postMessage({ ...head, ...answer }, event.origin);
  }
});

function read(data) {
  if (typeof data === 'object' && data !== null) return data;
  try {
    return Object(JSON.parse(data));
  } catch {
    return {};
  }
}

// A tool reads what its own origin stored, and nothing else.
function answerTo({ subject, key, value }, origin) {
  const place = JSON.stringify([origin, key]);
  if (subject === 'lti.capabilities') {
    const subjects = ['capabilities', 'put_data', 'get_data', 'frameResize', 'scrollToTop'];
    return { supported_messages: subjects.map((name) => ({ subject: `lti.${name}` })) };
  }
  if (subject === 'lti.put_data') {
    stored.set(place, value);
    return { key, value };
  }
  if (subject === 'lti.get_data') return { key, value: stored.get(place) };
  return { error: { code: 'unsupported_subject', message: 'This LMS does not know the message.' } };
}
