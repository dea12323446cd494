// What is done with messages once they are sent.

import assert from 'node:assert/strict';
import { alive, journey, photograph, reads } from './support/browser.js';
import { join, meet, say, someone } from './support/people.js';

const field = (page) => page.getByLabel('Your message');
const last = (page) => page.locator('.bubble').last();

async function two(open, options) {
  const [ada, ben] = [await open(options), await open(options)];
  const [adaWho, benWho] = await Promise.all([join(ada, someone('Ada')), join(ben, someone('Ben'))]);
  return { ada, ben, adaWho, benWho, chat: await meet(ada, ben, 'Which clock did you keep?') };
}

/** Opens what can be done with a message. */
async function choose(page, bubble) {
  await bubble.hover();
  await bubble.getByRole('link', { name: 'What to do with this message' }).click();
}

journey('messages are edited, answered, reacted to and deleted while both look on', async ({ open, step }) => {
  const { ada, ben, adaWho, benWho, chat } = await two(open);
  await Promise.all([ada, ben].map(({ page }) => page.goto(`/chats/${chat}`).then(() => alive(page))));
  const menu = ada.page.getByRole('group', { name: 'This message' });

  await step('links and marks are shown, and nothing else of HTML', async () => {
    await field(ada.page).fill('The *loud* one: https://example.com/a_b. <b>No</b>');
    await field(ada.page).press('Enter');
    const body = last(ben.page).locator('.bubble-body');
    await body.locator('strong').getByText('loud').waitFor();
    assert.equal(await body.getByRole('link').getAttribute('href'), 'https://example.com/a_b');
    assert.equal(await body.locator('b').count(), 0);
  });

  await step('arrow up edits the last, and both see it', async () => {
    await field(ada.page).press('ArrowUp');
    await ada.page.getByText('Editing your message').waitFor();
    await field(ada.page).fill('The quiet one.');
    await field(ada.page).press('Enter');
    for (const { page } of [ada, ben]) await last(page).getByText('edited').waitFor();
    await reads(ben.page, '.bubble-body', [`${adaWho.name}: Which clock did you keep?`, `${adaWho.name}: The quiet one.`]);
    assert.equal(await field(ada.page).inputValue(), '');
  });

  await step('Escape gives an edit up, and what was being written is back', async () => {
    await field(ada.page).fill('');
    await field(ada.page).press('ArrowUp');
    await field(ada.page).fill('Something else');
    await field(ada.page).press('Escape');
    await ada.page.getByText('Editing your message').waitFor({ state: 'hidden' });
    assert.equal(await field(ada.page).inputValue(), '');
  });

  await step('Ben answers it, and his answer leads to it', async () => {
    await choose(ben.page, last(ben.page));
    await ben.page.getByRole('button', { name: 'Reply' }).click();
    await ben.page.getByText(`Replying to ${adaWho.name}: The quiet one.`).waitFor();
    await field(ben.page).fill('A pity.');
    await field(ben.page).press('Enter');
    const quote = last(ada.page).getByRole('link', { name: 'You The quiet one.' });
    await quote.click();
    await ada.page.locator('.bubble:target').getByText('The quiet one.').waitFor();
  });

  await step('Ada reacts, and takes it back where it stands', async () => {
    await choose(ada.page, last(ada.page));
    await photograph(ada.page, 'talking/menu');
    await menu.getByRole('button', { name: '😂' }).click();
    await last(ben.page).getByRole('button', { name: '😂 1' }).click();
    await last(ada.page).getByRole('button', { name: '😂 2, yours too' }).waitFor();
    await photograph(ada.page, 'talking/reacted');
    await last(ada.page).getByRole('button', { name: '😂 2, yours too' }).click();
    await last(ben.page).getByRole('button', { name: '😂 1, yours too' }).waitFor();
  });

  await step('deleted, it is gone from both pages and from the quote', async () => {
    const bubble = ada.page.locator('.bubble').nth(1);
    await choose(ada.page, bubble);
    await menu.getByRole('button', { name: 'Delete' }).click();
    await menu.getByRole('button', { name: 'Keep it' }).click();
    await choose(ada.page, bubble);
    await menu.getByRole('button', { name: 'Delete' }).click();
    await menu.getByRole('button', { name: 'Delete for everyone' }).click();
    const seen = (you, other) => [`${you}: Which clock did you keep?`, `${you}: Message deleted`, `${other}: A pity.`];
    await reads(ada.page, '.bubble-body', seen('You', benWho.name));
    await reads(ben.page, '.bubble-body', seen(adaWho.name, 'You'));
    await reads(ben.page, '.quote', [`${adaWho.name} Message deleted`]);
    await ben.page.reload();
    await reads(ben.page, '.bubble-body', seen(adaWho.name, 'You'));
  });
});

journey('without scripts: a message is edited, answered, reacted to and deleted', async ({ open, step }) => {
  const { ada, ben, adaWho, benWho, chat } = await two(open, { javaScriptEnabled: false, reducedMotion: 'reduce' });
  const bodies = (page, ...expected) => reads(page, '.bubble-body', expected);

  await step('an answer quotes what it answers', async () => {
    await ben.page.goto(`/chats/${chat}`);
    await choose(ben.page, last(ben.page));
    await ben.page.getByRole('link', { name: 'Reply', exact: true }).click();
    await ben.page.getByText(`Replying to ${adaWho.name}: Which clock did you keep?`).waitFor();
    await field(ben.page).fill('The loud one.');
    await ben.page.getByRole('button', { name: 'Send' }).click();
    await reads(ben.page, '.quote', [`${adaWho.name} Which clock did you keep?`]);
  });

  await step('it is edited; what is not valid is said beside the field', async () => {
    await choose(ben.page, last(ben.page));
    await field(ben.page).fill('');
    await ben.page.getByRole('button', { name: 'Save' }).click();
    await ben.page.getByText('A message is needed.').waitFor();
    await photograph(ben.page, 'talking/message page');
    await field(ben.page).fill('The quiet one.');
    await ben.page.getByRole('button', { name: 'Save' }).click();
    await ben.page.waitForURL(`**/chats/${chat}#m-*`);
    await last(ben.page).getByText('edited').waitFor();
  });

  await step('the other reacts, and takes it back', async () => {
    await ada.page.goto(`/chats/${chat}`);
    await choose(ada.page, last(ada.page));
    await ada.page.getByRole('button', { name: '🎈' }).click();
    await last(ada.page).getByRole('button', { name: '🎈 1, yours too' }).click();
    await bodies(ada.page, 'You: Which clock did you keep?', `${benWho.name}: The quiet one.`);
    assert.equal(await ada.page.locator('.reaction').count(), 0);
  });

  await step('it is deleted', async () => {
    await ben.page.reload();
    await choose(ben.page, last(ben.page));
    await ben.page.getByRole('button', { name: 'Delete for everyone' }).click();
    await bodies(ben.page, `${adaWho.name}: Which clock did you keep?`, 'You: Message deleted');
  });
});

journey('what was said is found again, and what is new has a line above it', async ({ open, step }) => {
  const { ada, ben, chat } = await two(open);
  for (const body of ['The quiet one.', 'Or the loud clock?']) await say(ben, chat, body);

  await step('a line stands above what came while Ada was away, and not above what comes now', async () => {
    await ada.page.goto(`/chats/${chat}`);
    await alive(ada.page);
    await reads(ada.page, '.day.new', ['New since you were here']);
    assert.equal(await ada.page.locator('.entry:has(.day.new) ~ .entry .bubble').count(), 1);
    await photograph(ada.page, 'talking/new since');
    await say(ben, chat, 'Say something.');
    await ada.page.getByText('Say something.').last().waitFor();
    await ben.page.goto(`/chats/${chat}`);
    await ben.page.locator('.bubble.mine').last().getByText('Read', { exact: true }).waitFor({ state: 'attached' });
    await ada.page.reload();
    await alive(ada.page);
    assert.equal(await ada.page.locator('.day.new').count(), 0);
  });

  await step('a word is found over all chats, and leads to its place', async () => {
    await ada.page.goto('/chats');
    await ada.page.getByRole('link', { name: 'Search', exact: true }).click();
    await ada.page.getByLabel('Words').fill('loud clo');
    await ada.page.getByRole('button', { name: 'Search' }).click();
    await photograph(ada.page, 'talking/found');
    await ada.page.getByRole('link', { name: 'Or the loud clock?' }).click();
    await ada.page.locator('.bubble-body').last().getByText('Or the loud clock?').waitFor();
    await ada.page.goto(`/search?chat=${chat}&q=!`);
    await ada.page.getByText('A word to look for is needed.').waitFor();
  });

  await step('muted, a chat does not call', async () => {
    await ada.page.goto(`/chats/${chat}`);
    await ada.page.getByRole('link', { name: 'About this chat' }).click();
    await ada.page.getByRole('button', { name: 'Mute' }).click();
    await ada.page.getByText('Muted: it is not counted').waitFor();
    await say(ben, chat, 'Hello?');
    await ada.page.goto('/people');
    await ada.page.getByRole('link', { name: 'Chats', exact: true }).waitFor();
  });

  await step('they see each other online, until Ada says no', async () => {
    await Promise.all([ada, ben].map(({ page }) => page.goto(`/chats/${chat}`)));
    for (const { page } of [ada, ben]) await page.getByText('Online', { exact: true }).waitFor();
    await ada.page.goto('/me/privacy');
    await ada.page.getByLabel('That you are online').uncheck();
    await ada.page.getByRole('button', { name: 'Save' }).click();
    await ada.page.getByText('Saved.').waitFor();
    await ben.page.getByText('Online', { exact: true }).waitFor({ state: 'detached' });
  });
});
