// A report, a suspension, an appeal: from both sides, by the pages.

import assert from 'node:assert/strict';
import { alive, journey } from './support/browser.js';
import { join, meet, say, someone } from './support/people.js';
import { grant } from './support/staff.js';

journey('somebody is reported, suspended, appeals, and is let back in', async ({ open, step }) => {
  const [ada, ben, ivo, joy] = [await open(), await open(), await open(), await open()];
  const [adaWho, benWho, ivoWho, joyWho] = await Promise.all(
    [[ada, 'Ada'], [ben, 'Ben'], [ivo, 'Ivo'], [joy, 'Joy']].map(([person, name]) => join(person, someone(name))),
  );
  const chat = await meet(ada, ben, 'Hello');
  await say(ben, chat, 'Pay me');

  await step('without a role there is nothing', async () => {
    for (const path of ['/admin', '/admin/reports', '/admin/people', '/admin/audit']) {
      assert.equal((await ivo.page.goto(path)).status(), 404, path);
    }
    await grant(ivoWho, 'moderator');
    await grant(joyWho, 'administrator');
  });
  await step('Ada reports the chat', async () => {
    await ada.page.goto(`/report?about=chat&id=${chat}`);
    await ada.page.getByRole('checkbox').uncheck();
    await ada.page.getByRole('button', { name: 'Send the report' }).click();
    await ada.page.getByText('Thank you.').waitFor();
  });
  await step('Ivo reads it, takes it on, suspends Ben, closes it', async () => {
    await ivo.page.goto('/me');
    await ivo.page.getByRole('link', { name: 'Administration' }).click();
    await ivo.page.locator('li', { hasText: adaWho.name }).getByRole('link').click();
    await ivo.page.getByText('Pay me').waitFor();
    await ivo.page.getByRole('button', { name: 'I take it on' }).click();
    await ivo.page.getByText('It is yours now.').waitFor();
    const report = ivo.page.url();
    await ivo.page.locator('p', { hasText: 'About' }).getByRole('link', { name: benWho.name }).click();
    await ivo.page.getByText('Suspend', { exact: true }).first().click();
    await ivo.page.getByRole('button', { name: 'Suspend', exact: true }).click();
    await ivo.page.getByText('A reason is needed.').waitFor();
    await ivo.page.getByLabel('Why').fill('Asking for money.');
    await ivo.page.getByLabel('For how many days').fill('30');
    await ivo.page.getByRole('button', { name: 'Suspend', exact: true }).click();
    await ivo.page.getByText('They are suspended, and logged out everywhere.').waitFor();
    await ivo.page.goto(report);
    await ivo.page.getByLabel('Note').fill('Suspended for 30 days.');
    await ivo.page.getByRole('button', { name: 'Close the report' }).click();
    await ivo.page.getByText('The report is closed.').waitFor();
    assert.equal((await ivo.page.goto('/admin/audit')).status(), 403);
  });
  await step('Ben is told why, and appeals', async () => {
    await ben.page.goto('/chats');
    await ben.page.getByLabel('Email').fill(benWho.email);
    await ben.page.getByLabel('Password').fill(benWho.password);
    await ben.page.getByRole('button', { name: 'Log in' }).click();
    await ben.page.waitForURL('**/suspended');
    await ben.page.getByText('Asking for money.').waitFor();
    for (const path of ['/people', '/me', `/chats/${chat}`]) {
      await ben.page.goto(path);
      assert.ok(ben.page.url().endsWith('/suspended'), path);
    }
    await ben.page.getByLabel('What we should know').fill('It was a joke between us.');
    await ben.page.getByRole('button', { name: 'Send it' }).click();
    await ben.page.getByText('It waits to be looked at.').waitFor();
    await ben.page.getByRole('link', { name: 'Your data' }).click();
    await ben.page.getByRole('button', { name: 'Make a copy' }).waitFor();
  });
  await step('Joy grants it', async () => {
    await joy.page.goto('/admin/appeals');
    const appeal = joy.page.locator('li', { hasText: benWho.name });
    await appeal.getByLabel('Note').fill('Ada says so too.');
    await appeal.getByRole('button', { name: 'Grant it' }).click();
    await joy.page.getByText('It is decided').waitFor();
    await joy.page.goto('/admin/audit');
    await joy.page.getByText('The appeal was granted').first().waitFor();
  });
  await step('Ben goes on where he was', async () => {
    await ben.page.goto(`/chats/${chat}`);
    await ben.page.waitForURL('**/people');
    await alive(ben.page);
    await ben.page.goto('/me/record');
    await ben.page.getByText('Ada says so too.').waitFor();
  });
});
