// Lets the tool in the frame ask for its height, as real LMSs do (lti.frameResize).
addEventListener('message', (event) => {
  const frame = document.getElementById('tool');
  if (event.source !== frame.contentWindow || typeof event.data !== 'object') return;
  if (event.data.subject === 'lti.frameResize' && Number(event.data.height) > 0) {
    frame.style.blockSize = `${Math.min(Number(event.data.height), 20000)}px`;
  }
});
