// Groups: nobody is simply added.

import assert from 'node:assert/strict';
import { API, alive, journey, photograph, reads } from './support/browser.js';
import { join, meet, send, someone } from './support/people.js';
import { picture } from './support/pictures.js';

const field = (page) => page.getByLabel('Your message');
const PLAIN = { javaScriptEnabled: false, reducedMotion: 'reduce' };

async function three(open, options) {
  const people = [await open(options), await open(options), await open(options)];
  const names = await Promise.all(people.map((person, index) => join(person, someone(['Ada', 'Ben', 'Cyd'][index]))));
  const [ada, ben, cyd] = people;
  await meet(ada, ben, 'Hello.');
  await meet(ada, cyd, 'Hello.');
  return { ada, ben, cyd, names };
}

journey('a group is made, joined and left while its members look on', async ({ open, step }) => {
  const { ada, ben, cyd, names: [adaWho, benWho, cydWho] } = await three(open);

  const chat = await step('Ada makes a group and invites both', async () => {
    await ben.page.goto('/balloons');
    await alive(ben.page);
    await ada.page.goto('/chats');
    await ada.page.getByRole('link', { name: 'New group' }).click();
    await ada.page.getByLabel('Title').fill('Night trains');
    await ada.page.getByLabel(benWho.name).check();
    await ada.page.getByLabel(cydWho.name).check();
    await photograph(ada.page, 'groups/new');
    await ada.page.getByRole('button', { name: 'Make the group' }).click();
    await ada.page.waitForURL('**/chats/*');
    await ada.page.getByRole('heading', { name: 'Night trains' }).waitFor();
    await alive(ada.page);
    return new URL(ada.page.url()).pathname;
  });

  await step('Ben is asked, and comes in', async () => {
    await ben.page.getByText(`${adaWho.name} invites you to the group “Night trains”`).waitFor();
    await photograph(ben.page, 'groups/invited');
    await ben.page.getByRole('button', { name: 'Catch' }).click();
    await ben.page.waitForURL(`**${chat}`);
    await alive(ben.page);
  });

  await step('Cyd pops it, and the group is not there for Cyd', async () => {
    await cyd.page.goto('/balloons');
    await cyd.page.getByRole('button', { name: 'Pop' }).click();
    await cyd.page.getByText('No balloon right now').waitFor();
    assert.equal((await cyd.context.request.get(chat)).status(), 404);
  });

  await step('they talk, and each bubble says whose it is', async () => {
    await field(ben.page).fill('Which one first?');
    await field(ben.page).press('Enter');
    await reads(ada.page, '.bubble-name', [benWho.name]);
    await field(ada.page).fill('The one to Lisbon.');
    await field(ada.page).press('Enter');
    await reads(ben.page, '.bubble-body', ['You: Which one first?', `${adaWho.name}: The one to Lisbon.`]);
    await photograph(ada.page, 'groups/room');
  });

  await step('a new title is seen at once', async () => {
    const { page } = await open({ storageState: await ada.context.storageState() });
    await page.goto(`${chat}/group`);
    await photograph(page, 'groups/members');
    await page.getByLabel('Title').fill('Day trains');
    await page.getByRole('button', { name: 'Rename' }).click();
    await page.getByText('Saved.').waitFor();
    await ben.page.getByRole('heading', { name: 'Day trains' }).waitFor();
    await reads(ben.page, '.happened', [`${benWho.name} joined.`, `${adaWho.name} named the group “Day trains”.`]);
    await photograph(ada.page, 'groups/lines');
    await page.getByLabel('Photo', { exact: true }).setInputFiles(picture({ width: 300, height: 300 }));
    await page.getByRole('button', { name: 'Add a photo' }).click();
    await page.getByText('Saved.').waitFor();
    await ben.page.locator('.happened', { hasText: `${adaWho.name} changed the group’s photo.` }).waitFor();
    await ben.page.locator('.room-person img').waitFor();
    await ben.page.locator('.chats-list img').first().waitFor();
    await photograph(ada.page, 'groups/photo');
    await photograph(page, 'groups/photo-settings');
    const photo = `${chat}/group/photo/small`;
    assert.deepEqual(await statuses([ada, ben, cyd], photo), [200, 200, 404]);
    await page.getByRole('button', { name: `Remove ${benWho.name}` }).click();
    await page.getByText('They are not in the group any more.').waitFor();
    await ada.page.locator('.happened', { hasText: `${adaWho.name} removed ${benWho.name}.` }).waitFor();
  });

  await step('removed, Ben is led away and finds nothing there', async () => {
    await ben.page.waitForURL('**/chats');
    assert.equal(await ben.page.getByText('trains').count(), 0);
    assert.equal((await ben.context.request.get(chat)).status(), 404);
    assert.equal((await ben.context.request.get(`${chat}/group/photo/large`)).status(), 404);
  });
});

/** What each of these people is answered to a path. */
async function statuses(people, path) {
  return Promise.all(people.map(async ({ context }) => (await context.request.get(path)).status()));
}

journey('without scripts: a group is made, joined, handed over and left', async ({ open, step }) => {
  const { ada, ben, names: [adaWho, benWho] } = await three(open, PLAIN);
  let chat;

  await step('what is not valid is said, and what was chosen stays', async () => {
    await ada.page.goto('/groups/new');
    await ada.page.getByLabel(benWho.name).check();
    await ada.page.getByRole('button', { name: 'Make the group' }).click();
    await ada.page.getByText('A title is needed.').waitFor();
    assert.ok(await ada.page.getByLabel(benWho.name).isChecked());
    await ada.page.getByLabel('Title').fill('Clocks');
    await ada.page.getByRole('button', { name: 'Make the group' }).click();
    await ada.page.waitForURL('**/chats/*');
    chat = new URL(ada.page.url()).pathname;
  });

  await step('it is joined', async () => {
    await ben.page.goto('/balloons');
    await ben.page.getByText(`${adaWho.name} invites you to the group “Clocks”`).waitFor();
    await ben.page.getByRole('button', { name: 'Catch' }).click();
    await ben.page.getByRole('heading', { name: 'Clocks' }).waitFor();
  });

  await step('its owner hands it over, then leaves', async () => {
    await ada.page.goto(`${chat}/group`);
    await ada.page.getByLabel('Photo', { exact: true }).setInputFiles(picture({ width: 200, height: 200 }));
    await ada.page.getByRole('button', { name: 'Add a photo' }).click();
    await ada.page.getByText('Saved.').waitFor();
    await ada.page.getByRole('button', { name: 'Remove the photo' }).click();
    await ada.page.getByText('Saved.').waitFor();
    assert.equal(await ada.page.locator('.group-photo').count(), 0);
    await ada.page.getByRole('button', { name: 'Leave the group' }).click();
    await ada.page.getByText('Hand the group over before you leave it.').waitFor();
    await ada.page.getByRole('button', { name: `Hand over ${benWho.name}` }).click();
    await ada.page.getByText('Saved.').waitFor();
    await ada.page.getByRole('button', { name: 'Leave the group' }).click();
    await ada.page.getByText('You left the group.').waitFor();
    assert.equal((await ada.context.request.get(chat)).status(), 404);
    await ben.page.goto(`${chat}/group`);
    await ben.page.getByText('Owner').waitFor();
  });
});

journey('on a phone a group has its members one below the other, each with the width for a name', async ({ open }) => {
  const phone = { viewport: { width: 360, height: 760 }, reducedMotion: 'reduce' };
  const [ada, ben] = [await open(phone), await open(phone)];
  await Promise.all([join(ada, someone('Ada')), join(ben, someone('Bartholomew-Alexander'))]);
  await meet(ada, ben, 'Hello.');
  const { id } = await send(ben.context, 'get', `${API}/me`);
  const chat = (await send(ada.context, 'post', `${API}/chats`, { data: { title: 'Night trains', invite: [id] } })).id;
  const [invitation] = (await send(ben.context, 'get', `${API}/balloons?box=received`)).items;
  await send(ben.context, 'post', `${API}/balloons/${invitation.id}/catch`);
  for (const colorScheme of ['light', 'dark']) {
    await ada.page.emulateMedia({ colorScheme });
    await ada.page.goto(`/chats/${chat}/group`);
    await photograph(ada.page, `groups/phone-${colorScheme}`, { fullPage: true });
    assert.equal(await ada.page.evaluate(() => document.documentElement.scrollWidth), 360);
    const name = await ada.page.getByRole('link', { name: 'Bartholomew-Alexander' }).boundingBox();
    const deed = await ada.page.getByRole('button', { name: 'Make moderator' }).boundingBox();
    assert.ok(name.height < 40 && deed.y > name.y + name.height, 'in one line, and what can be done below it');
  }
});
