// Passkeys, with Chromium's own virtual authenticator.

import assert from 'node:assert/strict';
import { journey, photograph } from './support/browser.js';
import { PASSWORD, join, someone, totp } from './support/people.js';

const PHONE = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };

/** A phone that knows its holder's finger; `recognise` says whether it is theirs. */
async function authenticator(page) {
  const session = await page.context().newCDPSession(page);
  await session.send('WebAuthn.enable');
  const options = { protocol: 'ctap2', ctap2Version: 'ctap2_1', transport: 'internal', hasResidentKey: true, hasUserVerification: true };
  const { authenticatorId } = await session.send('WebAuthn.addVirtualAuthenticator', {
    options: { ...options, automaticPresenceSimulation: true, isUserVerified: true },
  });
  return {
    recognise: (isUserVerified) => session.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified }),
    credentials: async () => (await session.send('WebAuthn.getCredentials', { authenticatorId })).credentials,
    forget: () => session.send('WebAuthn.clearCredentials', { authenticatorId }),
  };
}

/** Leaves the page, which would miss them, and forgets the cookies. */
async function logOut({ context, page }) {
  await page.goto('about:blank');
  await context.clearCookies();
}

journey('a passkey is added, logs in without a password, and is removed', async ({ open, step }) => {
  const ada = await open({ ...PHONE, colorScheme: 'dark', reducedMotion: 'reduce' });
  const { page } = ada;
  await join(ada, someone('Ada'));
  const device = await authenticator(page);

  const add = async (name, password) => {
    await page.getByLabel('What is it on?').fill(name);
    await page.getByLabel('Your password', { exact: true }).fill(password);
    await page.getByRole('button', { name: 'Add a passkey' }).click();
  };

  await step('who does not know the password adds none', async () => {
    await page.goto('/me/sessions');
    await page.getByRole('link', { name: 'Passkeys' }).click();
    await page.getByText('None yet.').waitFor();
    await add('My phone', 'wrong');
    await page.getByText('That is not your password.').waitFor();
    assert.equal(await page.getByLabel('What is it on?').inputValue(), 'My phone');
    await device.forget();
  });

  await step('one is added', async () => {
    await add('My phone', PASSWORD);
    await page.getByText('Added. From now on you can log in with it.').waitFor();
    await page.getByText('never used').waitFor();
    assert.equal((await device.credentials()).length, 1);
    await photograph(page, 'passkeys-phone-dark', { fullPage: true });
  });

  await step('the same device is not added twice', async () => {
    await add('Again', PASSWORD);
    await page.getByText('Perhaps this device has one already.').waitFor();
  });

  await step('it logs in without a password, and counts', async () => {
    for (const [turn, count] of [[1, 2], [2, 3]]) {
      await logOut(ada);
      await page.goto('/login?next=%2Fme%2Fpasskeys');
      await page.getByRole('link', { name: 'Log in with a passkey' }).click();
      if (turn === 1) await photograph(page, 'passkey-login-phone-dark', { fullPage: true });
      await page.getByRole('button', { name: 'Use a passkey' }).click();
      await page.waitForURL('**/me/passkeys');
      const [{ signCount }] = await device.credentials();
      assert.equal(signCount, count);
    }
    await page.getByText(/used \d\d:\d\d/).waitFor();
  });

  await step('whose finger it is not stays outside', async () => {
    await logOut(ada);
    await device.recognise(false);
    await page.goto('/login/passkey');
    await page.getByRole('button', { name: 'Use a passkey' }).click();
    await page.getByText('Your browser gave no passkey.').waitFor();
    await device.recognise(true);
    await page.getByRole('button', { name: 'Use a passkey' }).click();
    await page.waitForURL('**/people');
  });

  await step('it is removed by who knows the password, and opens nothing any more', async () => {
    await page.goto('/me/passkeys');
    await page.getByText('Remove the chosen one').click();
    await page.getByLabel('Your password, to remove it').fill(PASSWORD);
    await page.getByRole('button', { name: 'Remove it' }).click();
    await page.getByText('Choose the one to remove.').waitFor();
    await page.getByLabel('My phone').check();
    await page.getByLabel('Your password, to remove it').fill(PASSWORD);
    await page.getByRole('button', { name: 'Remove it' }).click();
    await page.getByText('Removed. It opens nothing any more.').waitFor();
    await page.getByText('None yet.').waitFor();
    await logOut(ada);
    await page.goto('/login/passkey');
    await page.getByRole('button', { name: 'Use a passkey' }).click();
    await page.getByText('That passkey is not known here').waitFor();
    await photograph(page, 'passkey-unknown-phone-dark', { fullPage: true });
  });
});

journey('a passkey takes the place of the second step', async ({ open, step }) => {
  const ada = await open({ reducedMotion: 'reduce' });
  const { page } = ada;
  const who = await join(ada, someone('Ada'));
  await authenticator(page);

  await step('both are set up', async () => {
    await page.goto('/me/second-step');
    await page.getByLabel('Your password').fill(PASSWORD);
    await page.getByRole('button', { name: 'Set it up' }).click();
    const secret = await page.locator('code').innerText();
    await page.getByLabel('The code that it shows now').fill(totp(secret));
    await page.getByRole('button', { name: 'Turn it on' }).click();
    await page.getByRole('heading', { name: 'Your recovery codes' }).waitFor();
    await page.goto('/me/passkeys');
    await page.getByLabel('What is it on?').fill('My laptop');
    await page.getByLabel('Your password', { exact: true }).fill(PASSWORD);
    await page.getByRole('button', { name: 'Add a passkey' }).click();
    await page.getByText('Added. From now on you can log in with it.').waitFor();
    await photograph(page, 'passkeys', { fullPage: true });
  });

  await step('after the password the key does, in the place of the code', async () => {
    await logOut(ada);
    await page.goto('/login?next=%2Fme');
    await page.getByLabel('Email').fill(who.email);
    await page.getByLabel('Password').fill(PASSWORD);
    await page.getByRole('button', { name: 'Log in' }).click();
    await page.getByRole('link', { name: 'Use a passkey instead' }).click();
    await page.getByRole('button', { name: 'Use a passkey' }).click();
    await page.waitForURL('**/me');
  });
});

journey('without scripts a passkey page says so', async ({ open }) => {
  const { page } = await open({ javaScriptEnabled: false });
  await page.goto('/login/passkey');
  await page.getByText('This takes scripts, and a browser that knows passkeys.').waitFor();
  await photograph(page, 'passkey-login-without-scripts', { fullPage: true });
  await page.getByRole('link', { name: 'With the password' }).click();
  await page.getByRole('heading', { name: 'Welcome back' }).waitFor();
});
