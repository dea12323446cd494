// The people of the tests: everyone has an account of their own, so that tests can run side by side on one database.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { API, OTHER_API, WEB } from './browser.js';

export const PASSWORD = 'three words apart';

/** Somebody whom nobody else's test meets. */
export function someone(name) {
  const tag = randomUUID().slice(0, 6);
  return { name: `${name} ${tag}`, email: `${name.toLowerCase()}.${tag}@example.com`, password: PASSWORD, age: '34' };
}

/** Signs somebody up by the page's own form. */
export async function register(page, who) {
  await page.goto('/register');
  await page.getByLabel('Name').fill(who.name);
  await page.getByLabel('Age').fill(who.age);
  await page.getByLabel('Email').fill(who.email);
  await page.getByLabel('Password').fill(who.password);
  await page.getByRole('button', { name: 'Open my account' }).click();
  await page.waitForURL('**/people');
}

/** Somebody who is signed up already, in the browser that `person` has. Answers who they are, id included. */
export async function join({ context }, who) {
  await send(context, 'post', `${WEB}/register`, { form: { ...who } });
  return { ...who, id: (await send(context, 'get', `${API}/me`)).id };
}

/** A chat between two people who joined: one floats `note`, the other catches it. Answers the chat's id. */
export async function meet(from, to, note) {
  const { id: recipient } = await send(to.context, 'get', `${API}/me`);
  const balloon = await send(from.context, 'post', `${API}/balloons`, { data: { to: recipient, note } });
  return (await send(to.context, 'post', `${API}/balloons/${balloon.id}/catch`)).id;
}

/** Says something in a chat without a page, to the process of the API that no page talks to: the two behave as one. */
export function say({ context }, chat, body) {
  return send(context, 'post', `${OTHER_API}/chats/${chat}/messages`, { data: { client_id: randomUUID(), body } });
}

/** Asks as the person whose browser it is, and answers what came back. */
export async function send(context, method, url, options = {}) {
  const answer = await context.request[method](url, { headers: { origin: WEB }, ...options });
  assert.ok(answer.ok(), `${method} ${url}: ${answer.status()} ${await answer.text()}`);
  return answer.headers()['content-type']?.startsWith('application/json') ? answer.json() : undefined;
}
