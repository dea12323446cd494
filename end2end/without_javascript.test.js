// The same product as plain links and forms.

import assert from 'node:assert/strict';
import { WEB, journey, reads } from './support/browser.js';
import { PASSWORD, confirm, join, mail, meet, say, someone } from './support/people.js';
import { picture } from './support/pictures.js';

// Without motion: in a page without scripts, Playwright waits in vain for the end of a view transition.
const PLAIN = { javaScriptEnabled: false, reducedMotion: 'reduce' };

journey('without scripts: an account, wrong input, and the way back after logging in', async ({ open, step }) => {
  const { page } = await open(PLAIN);
  const who = someone('Ada');

  await step('what is wrong is said beside its field, and what was typed stays', async () => {
    await page.goto('/register');
    await page.getByLabel('Name').fill(who.name);
    await page.getByLabel('Age').fill('17');
    await page.getByLabel('Email').fill('ada at home');
    await page.getByLabel('Password').fill('short');
    await page.getByRole('button', { name: 'Open my account' }).click();
    await described(page.getByLabel('Age'), 'Balloon\'d is for people of 18 and over.');
    await described(page.getByLabel('Email'), 'An email address looks like name@example.com.');
    await described(page.getByLabel('Password'), 'at least 8 characters');
    await holds(page.getByLabel('Name'), who.name);
    await holds(page.getByLabel('Age'), '17');
    await holds(page.getByLabel('Email'), 'ada at home');
    await holds(page.getByLabel('Password'), '');
  });

  await step('corrected, it opens the account', async () => {
    await page.getByLabel('Age').fill(who.age);
    await page.getByLabel('Email').fill(who.email);
    await page.getByLabel('Password').fill(PASSWORD);
    await page.getByRole('button', { name: 'Open my account' }).click();
    await page.getByLabel('Code').fill('AAAAA-AAAAA');
    await page.getByRole('button', { name: 'Confirm', exact: true }).click();
    await described(page.getByLabel('Code'), 'not right, or too old');
    await confirm(page, who);
    await page.getByRole('heading', { name: 'People' }).waitFor();
  });

  await step('the profile is edited', async () => {
    await page.goto('/me');
    await page.getByLabel('About you').fill('Mends clocks.\nKeeps the loud ones.');
    await page.getByLabel('Interests').fill('clocks, night trains');
    await page.getByLabel('Age').fill('seven');
    await page.getByRole('button', { name: 'Save' }).click();
    await described(page.getByLabel('Age'), 'An age is a number from 18 to 120.');
    await holds(page.getByLabel('Interests'), 'clocks, night trains');
    await page.getByLabel('Age').fill('35');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Saved.').waitFor();
    await holds(page.getByLabel('About you'), 'Mends clocks.\nKeeps the loud ones.');
    await page.getByRole('link', { name: 'As others see me' }).click();
    await page.getByRole('heading', { name: `${who.name}, 35` }).waitFor();
    await reads(page, '.interests li', ['clocks', 'night trains']);
  });

  await step('photos are added, put in order and taken away', async () => {
    await page.goto('/me');
    const photos = page.locator('.photo .portrait-photo');
    for (const place of [0, 1]) {
      await page.getByLabel('Add a photo').setInputFiles(picture({ hue: 20 + 180 * place }));
      await page.getByRole('button', { name: 'Upload' }).click();
      await photos.nth(place).waitFor();
    }
    await page.getByText('The photo is there.').waitFor();
    const second = await photos.last().getAttribute('src');
    await page.getByRole('button', { name: 'Move photo 2 earlier' }).click();
    await photos.first().and(page.locator(`[src="${second}"]`)).waitFor();
    await page.getByRole('button', { name: 'Remove photo 1' }).click();
    await page.getByText('The photo is gone.').waitFor();
    assert.equal(await photos.count(), 1);
  });

  await step('what is no photo is refused with a sentence', async () => {
    const script = { name: 'photo.png', mimeType: 'image/png', buffer: Buffer.from('<svg onload="alert(1)"/>') };
    await page.getByLabel('Add a photo').setInputFiles(script);
    await page.getByRole('button', { name: 'Upload' }).click();
    assert.match(await page.getByRole('alert').textContent(), /JPEG, PNG or WebP/);
    assert.equal(await page.locator('.photo').count(), 1);
  });

  await step('logged out, a page asks to log in and is come back to', async () => {
    await page.getByRole('button', { name: 'Log out' }).click();
    await page.getByText('You are logged out. See you.').waitFor();
    await page.goto('/people?min_age=30&interest=night+trains');
    await page.getByRole('heading', { name: 'Welcome back' }).waitFor();
    await page.getByLabel('Email').fill(who.email);
    await page.getByLabel('Password').fill('three words together');
    await page.getByRole('button', { name: 'Log in' }).click();
    await page.getByText('That email and password do not go together.').waitFor();
    await holds(page.getByLabel('Email'), who.email);
    await page.getByLabel('Password').fill(PASSWORD);
    await page.getByRole('button', { name: 'Log in' }).click();
    await page.waitForURL('**/people?min_age=30&interest=night+trains');
    await holds(page.getByLabel('Interest'), 'night trains');
  });

  await step('whoever opens a second account is told nothing, and the owner of the first all', async () => {
    const { page: other } = await open(PLAIN);
    await other.goto('/register');
    for (const [label, value] of [['Name', who.name], ['Age', who.age], ['Email', who.email.toUpperCase()], ['Password', PASSWORD]]) {
      await other.getByLabel(label).fill(value);
    }
    await other.getByRole('button', { name: 'Open my account' }).click();
    await other.getByRole('heading', { name: 'Confirm your email' }).waitFor();
    assert.match(await mail(who.email, (text) => text.includes('already')), /nothing about it has changed/);
    await other.getByLabel('Code').fill('AAAAA-AAAAA');
    await other.getByRole('button', { name: 'Confirm', exact: true }).click();
    await described(other.getByLabel('Code'), 'not right, or too old');
  });
});

journey('without scripts: from a balloon to a chat', async ({ open, step }) => {
  const [ada, ben] = [await open(PLAIN), await open(PLAIN)];
  const [adaWho, benWho] = await Promise.all([join(ada, someone('Ada')), join(ben, { ...someone('Ben'), age: '52' })]);

  await step('people are filtered', async () => {
    await ada.page.goto('/people');
    await ada.page.getByLabel('Name').fill(benWho.name);
    await ada.page.getByLabel('To age').fill('51');
    await ada.page.getByRole('button', { name: 'Show' }).click();
    await ada.page.getByText('Nobody like that right now').waitFor();
    await holds(ada.page.getByLabel('To age'), '51');
    await ada.page.getByLabel('To age').fill('52');
    await ada.page.getByRole('button', { name: 'Show' }).click();
    await reads(ada.page, '.card-name', [`${benWho.name}, 52`]);
    await ada.page.getByLabel('From age').fill('fifty');
    await ada.page.getByRole('button', { name: 'Show' }).click();
    await ada.page.locator('#min_age[aria-invalid="true"]').waitFor();
    await holds(ada.page.getByLabel('From age'), 'fifty');
  });

  await step('a balloon is floated; one that is too long is refused and kept', async () => {
    await ada.page.goto(`/people/${benWho.id}`);
    const note = ada.page.getByLabel(`Your note to ${benWho.name}`);
    await note.fill('a'.repeat(281));
    await ada.page.getByRole('button', { name: 'Float it' }).click();
    await ada.page.getByText('at most 280 characters').waitFor();
    await holds(note, 'a'.repeat(281));
    await note.fill('Which clock did you keep?\nAnd is it loud?');
    await ada.page.getByRole('button', { name: 'Float it' }).click();
    await ada.page.getByText('Your balloon is up. It floats for seven days.').waitFor();
    await ada.page.getByText('Floating', { exact: true }).waitFor();
  });

  await step('it is caught', async () => {
    await ben.page.goto('/people');
    await ben.page.getByRole('link', { name: 'Balloons 1 waiting' }).click();
    await ben.page.getByText('And is it loud?').waitFor();
    await ben.page.getByRole('button', { name: 'Catch' }).click();
    await ben.page.waitForURL('**/chats/*');
    await reads(ben.page, '.bubble-body', [`${adaWho.name}: Which clock did you keep? And is it loud?`]);
  });

  await step('a message that is sent twice is there once', async () => {
    const form = ben.page.locator('form.composer');
    const twice = { client_id: await form.locator('[name=client_id]').inputValue(), body: 'The loud one.' };
    await ben.page.getByLabel('Your message').fill(twice.body);
    await ben.page.getByRole('button', { name: 'Send' }).dblclick();
    await reads(ben.page, '.bubble.mine .bubble-body', ['You: The loud one.']);
    const again = await ben.context.request.post(WEB + (await form.getAttribute('action')), { form: twice, headers: { origin: WEB } });
    assert.equal(again.status(), 200);
    await ben.page.reload();
    await reads(ben.page, '.bubble.mine .bubble-body', ['You: The loud one.']);
  });

  await step('the other one reads it, and the numbers go', async () => {
    await ada.page.goto('/people');
    await ada.page.getByRole('link', { name: 'Chats 1 unread' }).click();
    await ada.page.getByRole('link', { name: 'The loud one.' }).click();
    await ada.page.getByRole('button', { name: 'Mark as read' }).click();
    await ada.page.getByRole('button', { name: 'Mark as read' }).waitFor({ state: 'detached' });
    await reads(ada.page, '.bubble:not(.mine) .bubble-body', [`${benWho.name}: The loud one.`]);
    await ada.page.goto('/people');
    await ada.page.getByRole('link', { name: 'Chats', exact: true }).waitFor();
    await ben.page.reload();
    await ben.page.locator('.bubble.mine').getByText('Read', { exact: true }).waitFor({ state: 'attached' });
  });
});

journey('without scripts: letting go, taking back, and older messages', async ({ open, step }) => {
  const [ada, ben] = [await open(PLAIN), await open(PLAIN)];
  const [, benWho] = await Promise.all([join(ada, someone('Ada')), join(ben, someone('Ben'))]);
  const float = async (note) => {
    await ada.page.goto(`/people/${benWho.id}`);
    await ada.page.getByLabel('Your note to').fill(note);
    await ada.page.getByRole('button', { name: 'Float it' }).click();
    await ada.page.getByText('Your balloon is up.').waitFor();
  };

  await step('one that is popped looks to its sender as it did before', async () => {
    await float('Hello.');
    await ben.page.goto('/balloons');
    await ben.page.getByRole('button', { name: 'Pop' }).click();
    await ben.page.getByText('Gone. Nobody is told.').waitFor();
    await ben.page.getByText('No balloon right now').waitFor();
    await ada.page.goto('/balloons?box=sent');
    await ada.page.getByText('Floating', { exact: true }).waitFor();
  });

  await step('taking back one that is gone says no more either', async () => {
    await ada.page.getByRole('button', { name: 'Take it back' }).click();
    await ada.page.getByText('You took your balloon back.').waitFor();
  });

  await step('older messages are on a page of their own', async () => {
    const chat = await meet(ben, ada, 'The first word.');
    for (let number = 1; number <= 55; number += 1) await say(ben, chat, `message ${number}`);
    await ada.page.goto(`/chats/${chat}`);
    assert.equal(await ada.page.getByText('The first word.').count(), 0);
    await ada.page.getByRole('link', { name: 'Earlier messages' }).click();
    await ada.page.getByText('The first word.').waitFor();
    await ada.page.getByRole('link', { name: 'To the newest messages', exact: true }).click();
    await ada.page.getByText('message 55').last().waitFor();
  });
});

/** What is said about a field, tied to it for those who listen. */
async function described(field, sentence) {
  await field.and(field.page().locator('[aria-invalid=true]')).waitFor();
  const ids = (await field.getAttribute('aria-describedby')).split(' ');
  const notes = await Promise.all(ids.map((id) => field.page().locator(`#${id}`).textContent()));
  assert.ok(notes.join(' ').includes(sentence), `“${notes}” does not say “${sentence}”`);
}

async function holds(field, value) {
  assert.equal(await field.inputValue(), value);
}
