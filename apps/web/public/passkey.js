// Asks the browser for a passkey, and sends what it answers with the form that wants one.

for (const form of document.querySelectorAll('form[data-passkey]')) {
  const { passkey: deed, options } = form.dataset;
  const isAble = 'PublicKeyCredential' in window && 'parseRequestOptionsFromJSON' in PublicKeyCredential;
  form.querySelector('[data-passkey-without]').hidden = isAble;
  if (!isAble) continue;
  const failed = form.querySelector('[data-passkey-failed]');
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    failed.hidden = true;
    try {
      form.elements.credential.value = JSON.stringify(await ask(deed, JSON.parse(options)));
    } catch {
      // Whoever changes their mind is told the same as one whose key is not known: pages learn no more.
      failed.hidden = false;
      return;
    }
    form.submit();
  });
}

function ask(deed, options) {
  return deed === 'add'
    ? navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) })
    : navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) });
}
