// One's account, as plain links and forms: safety, devices, the password, the way out.

import assert from 'node:assert/strict';
import { API, WEB, journey, photograph } from './support/browser.js';
import { PASSWORD, code, join, mail, meet, send, someone, totp } from './support/people.js';

const PLAIN = { javaScriptEnabled: false, reducedMotion: 'reduce' };
const PHONE = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };

journey('without scripts: keeping people and words away', async ({ open, step }) => {
  const [ada, ben] = [await open(PLAIN), await open({ ...PLAIN, ...PHONE, colorScheme: 'dark' })];
  const [adaWho, benWho] = await Promise.all([join(ada, someone('Ada')), join(ben, someone('Ben'))]);
  const chat = await meet(ben, ada, 'Send me money, please.');

  await step('a message of the chat is reported, and its writer blocked', async () => {
    await ada.page.goto(`/chats/${chat}`);
    await ada.page.getByRole('link', { name: 'Report' }).click();
    await ada.page.getByLabel('It wants to sell something').check();
    await ada.page.getByLabel('Send me money, please.').check();
    await photograph(ada.page, 'report', { fullPage: true });
    await ada.page.getByRole('button', { name: 'Send the report' }).click();
    await ada.page.getByText('Thank you. We look at it.').waitFor();
    await ada.page.getByRole('button', { name: `Unblock ${benWho.name}` }).waitFor();
    await photograph(ada.page, 'safety', { fullPage: true });
    await ada.page.getByRole('link', { name: 'It wants to sell something' }).click();
    await ada.page.getByText('Send me money, please.').waitFor();
  });

  await step('neither is there for the other', async () => {
    for (const [person, path] of [[ada, `/people/${benWho.id}`], [ben, `/people/${adaWho.id}`], [ben, `/chats/${chat}`]]) {
      assert.equal((await person.page.goto(path)).status(), 404, path);
    }
  });

  await step('taken back, the chat is there again', async () => {
    await ada.page.goto('/me');
    await ada.page.getByRole('link', { name: 'Safety' }).click();
    await ada.page.getByRole('button', { name: `Unblock ${benWho.name}` }).click();
    await ada.page.getByText('Not blocked any more.').waitFor();
    assert.equal((await ben.page.goto(`/chats/${chat}`)).status(), 200);
  });

  await step('hidden words and a pause are kept', async () => {
    await ben.page.goto('/me/safety');
    await ben.page.getByRole('textbox', { name: 'Words' }).fill('crypto\nsend money');
    await ben.page.getByRole('button', { name: 'Save' }).click();
    await ben.page.getByText('Saved.').waitFor();
    assert.equal(await ben.page.getByRole('textbox', { name: 'Words' }).inputValue(), 'crypto\nsend money');
    await ben.page.getByRole('button', { name: 'Take a pause' }).click();
    await ben.page.getByText('You are in no list of people now.').waitFor();
    await photograph(ben.page, 'safety-phone-dark', { fullPage: true });
    await ben.page.getByRole('button', { name: 'Be seen again' }).waitFor();
  });
});

journey('without scripts: an email is confirmed by the link of its mail, on another device', async ({ open, step }) => {
  const [here, there] = [await open({ ...PLAIN, ...PHONE, colorScheme: 'dark' }), await open(PLAIN)];
  const who = someone('Ada');
  let link;

  await step('a new account waits, and says so', async () => {
    await send(here.context, 'post', `${WEB}/register`, { form: { ...who } });
    await here.page.goto('/verify');
    await here.page.getByText(`We have sent a code to ${who.email}`).waitFor();
    await photograph(here.page, 'verify-phone-dark', { fullPage: true });
    await here.page.getByRole('link', { name: 'Fill in my profile meanwhile' }).click();
    await here.page.getByText('Your email is not confirmed').waitFor();
    await photograph(here.page, 'me-unverified-phone-dark', { fullPage: true });
    [link] = (await mail(who.email)).match(/http\S+\/verify\?\S+/);
  });

  await step('another mail can be asked for, and the first one works no more', async () => {
    const before = await code(who.email);
    await here.page.goto('/verify');
    await here.page.getByRole('button', { name: 'send another one' }).click();
    await here.page.getByText('Another code is on its way.').waitFor();
    await code(who.email, before);
    await there.page.goto(link);
    await there.page.getByRole('button', { name: 'Confirm', exact: true }).click();
    await there.page.getByText('This code is not right, or too old.').waitFor();
    [link] = (await mail(who.email)).match(/http\S+\/verify\?\S+/);
  });

  await step('opening the link does nothing, its button does all', async () => {
    await there.page.goto(link);
    await there.page.getByText('if it was you who opened an account').waitFor();
    await photograph(there.page, 'verify-link', { fullPage: true });
    assert.equal((await send(here.context, 'get', `${API}/me`)).verified, false);
    await there.page.getByRole('button', { name: 'Confirm', exact: true }).click();
    await there.page.getByText('Your email is confirmed.').waitFor();
    await there.page.getByRole('heading', { name: 'Welcome back' }).waitFor();
    assert.equal((await send(here.context, 'get', `${API}/me`)).verified, true);
    await here.page.goto('/verify');
    await here.page.waitForURL('**/people');
  });
});

journey('without scripts: a second step at log-in', async ({ open, step }) => {
  const [here, there] = [await open({ ...PLAIN, ...PHONE, colorScheme: 'dark' }), await open(PLAIN)];
  const who = await join(here, someone('Ada'));
  let secret;
  let recovery;

  await step('an app is set up by who knows the password', async () => {
    await here.page.goto('/me/second-step');
    await here.page.getByLabel('Your password').fill('wrong');
    await here.page.getByRole('button', { name: 'Set it up' }).click();
    await here.page.getByText('That is not your password.').waitFor();
    await here.page.getByLabel('Your password').fill(PASSWORD);
    await here.page.getByRole('button', { name: 'Set it up' }).click();
    await here.page.getByRole('img', { name: 'QR code' }).waitFor();
    secret = await here.page.locator('code').innerText();
    await here.page.getByLabel('The code that it shows now').fill('000000');
    await here.page.getByRole('button', { name: 'Turn it on' }).click();
    await here.page.getByText('This code is not right').waitFor();
    assert.equal(await here.page.locator('code').innerText(), secret);
    await photograph(here.page, 'second-step-enrol-phone-dark', { fullPage: true });
    await here.page.getByLabel('The code that it shows now').fill(totp(secret, -1));
    await here.page.getByRole('button', { name: 'Turn it on' }).click();
    await here.page.getByRole('heading', { name: 'Your recovery codes' }).waitFor();
    recovery = await here.page.locator('.recovery-codes li').allInnerTexts();
    assert.equal(recovery.length, 10);
    await photograph(here.page, 'recovery-codes-phone-dark', { fullPage: true });
    await here.page.getByRole('link', { name: 'I have them' }).click();
    await here.page.getByText('Recovery codes left: 10 of 10.').waitFor();
  });

  const logIn = async () => {
    await there.page.goto('/login?next=%2Fme');
    await there.page.getByLabel('Email').fill(who.email);
    await there.page.getByLabel('Password').fill(PASSWORD);
    await there.page.getByRole('button', { name: 'Log in' }).click();
    await there.page.getByRole('heading', { name: 'One more step' }).waitFor();
  };

  await step('the password alone is not enough', async () => {
    await logIn();
    await there.page.getByLabel('Code').fill('000000');
    await there.page.getByRole('button', { name: 'Log in' }).click();
    await there.page.getByText('This code is not right').waitFor();
    await photograph(there.page, 'second-step-code', { fullPage: true });
    assert.ok((await there.context.cookies()).every(({ name }) => !name.endsWith('session')));
    await there.page.getByLabel('Code').fill(totp(secret));
    await there.page.getByRole('button', { name: 'Log in' }).click();
    await there.page.waitForURL('**/me');
  });

  await step('a recovery code does once in its place', async () => {
    await there.context.clearCookies();
    await logIn();
    await there.page.getByLabel('Code').fill(recovery[0]);
    await there.page.getByRole('button', { name: 'Log in' }).click();
    await there.page.waitForURL('**/me');
    await there.context.clearCookies();
    await logIn();
    await there.page.getByLabel('Code').fill(recovery[0]);
    await there.page.getByRole('button', { name: 'Log in' }).click();
    await there.page.getByText('This code is not right').waitFor();
  });

  await step('it is turned off by who knows the password', async () => {
    await here.page.goto('/me/second-step');
    await here.page.getByText('Recovery codes left: 9 of 10.').waitFor();
    await here.page.getByLabel('Your password').fill(PASSWORD);
    await here.page.getByRole('button', { name: 'Turn it off' }).click();
    await here.page.getByText('The second step is off.').waitFor();
    await send(there.context, 'post', `${API}/auth/login`, { data: { email: who.email, password: PASSWORD } });
    assert.equal((await there.page.goto('/me')).status(), 200);
  });
});

journey('without scripts: a token for a program is made, used and ended', async ({ open, step }) => {
  const [here, desk] = [await open({ ...PLAIN, ...PHONE, colorScheme: 'dark' }), await open(PLAIN)];
  const who = await join(here, someone('Ada'));
  await send(desk.context, 'post', `${API}/auth/login`, { data: { email: who.email, password: PASSWORD } });
  const ask = (token, path) => here.context.request.get(`${API}${path}`, { headers: { authorization: `Bearer ${token}` } });
  let token;

  await step('who does not know the password makes none', async () => {
    await here.page.goto('/me/sessions');
    await here.page.getByRole('link', { name: 'Tokens for programs' }).click();
    await here.page.getByText('None yet.').waitFor();
    await here.page.getByLabel('What is it for?').fill('My bot');
    await here.page.getByLabel('Read and search your chats').check();
    await here.page.getByLabel('It works').selectOption('for a year');
    await here.page.getByLabel('Your password').fill('wrong');
    await here.page.getByRole('button', { name: 'Make the token' }).click();
    await here.page.getByText('That is not your password.').waitFor();
    assert.ok(await here.page.getByLabel('Read and search your chats').isChecked());
    assert.equal(await here.page.getByLabel('It works').inputValue(), '365');
    await photograph(here.page, 'tokens-refused-phone-dark', { fullPage: true });
  });

  await step('it is shown once, and does what it may', async () => {
    await here.page.getByLabel('Your password').fill(PASSWORD);
    await here.page.getByRole('button', { name: 'Make the token' }).click();
    await here.page.getByRole('heading', { name: 'Your token' }).waitFor();
    token = await here.page.locator('.secret').innerText();
    await photograph(here.page, 'token-made-phone-dark', { fullPage: true });
    assert.equal((await ask(token, '/chats')).status(), 200);
    assert.equal((await ask(token, '/balloons')).status(), 403);
    assert.equal((await ask(token, '/me/sessions')).status(), 403);
    await here.page.getByRole('link', { name: 'I have it' }).click();
    await here.page.getByText('profile:read, chats:read').waitFor();
    assert.ok(!(await here.page.content()).includes(token));
  });

  await step('ended, it is nothing any more', async () => {
    await desk.page.goto('/me/tokens');
    await photograph(desk.page, 'tokens', { fullPage: true });
    await desk.page.getByRole('button', { name: 'End it My bot' }).click();
    await desk.page.getByText('The token is ended.').waitFor();
    assert.equal((await ask(token, '/chats')).status(), 401);
  });
});

journey('without scripts: devices, a new password, a copy, and the way out', async ({ open, step }) => {
  const [here, there] = [await open(PLAIN), await open(PLAIN)];
  const who = await join(here, someone('Ada'));
  await send(there.context, 'post', `${API}/auth/login`, { data: { email: who.email, password: PASSWORD } });

  await step('the other device is listed, and logged out at once', async () => {
    await here.page.goto('/me/sessions');
    await here.page.getByText('This device').waitFor();
    await photograph(here.page, 'sessions', { fullPage: true });
    assert.equal((await there.page.goto('/me')).status(), 200);
    await here.page.getByRole('button', { name: /^Log out [^e]/ }).click();
    await here.page.getByText('Logged out there.').waitFor();
    await there.page.goto('/me');
    await there.page.getByRole('heading', { name: 'Welcome back' }).waitFor();
  });

  await step('the password is changed by who knows it', async () => {
    await here.page.getByLabel('Your password of now').fill('wrong');
    await here.page.getByLabel('The new one').fill('another three words');
    await here.page.getByRole('button', { name: 'Change it' }).click();
    await here.page.getByText('That is not your password.').waitFor();
    await here.page.getByLabel('Your password of now').fill(PASSWORD);
    await here.page.getByLabel('The new one').fill('another three words');
    await here.page.getByRole('button', { name: 'Change it' }).click();
    await here.page.getByText('Your password is changed.').waitFor();
  });

  await step('a forgotten one is replaced by the code from the mail', async () => {
    await there.page.getByRole('link', { name: 'Forgot the password?' }).click();
    await there.page.getByLabel('Email').fill(who.email);
    const before = await code(who.email);
    await there.page.getByRole('button', { name: 'Send the code' }).click();
    await there.page.getByLabel('New password').fill('yet another one');
    await there.page.getByLabel('Code').fill(await code(who.email, before));
    await photograph(there.page, 'reset', { fullPage: true });
    await there.page.getByRole('button', { name: 'Change it' }).click();
    await there.page.getByText('Your password is changed. Log in with it.').waitFor();
    await there.page.getByLabel('Email').fill(who.email);
    await there.page.getByLabel('Password').fill('yet another one');
    await there.page.getByRole('button', { name: 'Log in' }).click();
    await there.page.waitForURL('**/people');
  });

  await step('a copy of everything can be asked for', async () => {
    await there.page.goto('/me/data');
    await there.page.getByRole('button', { name: 'Make a copy' }).click();
    const link = there.page.getByRole('link', { name: 'Download it' });
    const again = there.page.getByRole('link', { name: 'Look again' });
    while (await link.or(again).first().waitFor().then(() => again.isVisible())) await again.click();
    const copy = await there.context.request.get(await link.getAttribute('href'));
    assert.equal((await copy.json()).account.email, who.email);
    await photograph(there.page, 'data', { fullPage: true });
  });

  await step('the account is deleted, and a receipt says so', async () => {
    await there.page.getByLabel('Your password').fill('yet another one');
    await there.page.getByRole('button', { name: 'Delete my account for good' }).click();
    await there.page.getByRole('heading', { name: 'Your account is deleted' }).waitFor();
    const again = there.page.getByRole('link', { name: 'Look again' });
    const done = there.page.getByText('Nothing is left of it');
    while (await done.or(again).first().waitFor().then(() => again.isVisible())) await again.click();
    await done.waitFor();
    await there.page.goto('/login');
    await there.page.getByLabel('Email').fill(who.email);
    await there.page.getByLabel('Password').fill('yet another one');
    await there.page.getByRole('button', { name: 'Log in' }).click();
    await there.page.getByText('do not go together').waitFor();
  });
});
