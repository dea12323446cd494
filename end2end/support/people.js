// The people of the tests: everyone has an account of their own, so that tests can run side by side on one database.

import assert from 'node:assert/strict';
import { createHmac, randomUUID } from 'node:crypto';
import { readFile, readdir } from 'node:fs/promises';
import { API, OTHER_API, WEB } from './browser.js';

const MAIL = process.env.MAIL_FOLDER;

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
  await confirm(page, who);
}

/** Types in the code from the mail, where one arrives after registering. */
export async function confirm(page, who) {
  await page.getByRole('heading', { name: 'Confirm your email' }).waitFor();
  await page.getByLabel('Code').fill(await code(who.email));
  await page.getByRole('button', { name: 'Confirm', exact: true }).click();
  await page.waitForURL('**/people');
}

/** The newest mail to somebody that `fits`, as soon as there is one. */
export async function mail(email, fits = () => true) {
  for (const deadline = Date.now() + 20_000; Date.now() < deadline; ) {
    const names = (await readdir(MAIL).catch(() => [])).filter((name) => name.endsWith(`-${email}.eml`)).sort();
    for (const name of names.reverse()) {
      const text = await readFile(`${MAIL}/${name}`, 'utf8');
      if (fits(text)) return text;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`no such mail came for ${email}`);
}

/** The newest code that was mailed to somebody, as soon as it is another than `before`. */
export async function code(email, before) {
  const read = (text) => text.match(/\b[0-9A-Z]{5}-[0-9A-Z]{5}\b/)?.[0];
  for (const deadline = Date.now() + 20_000; Date.now() < deadline; ) {
    const newest = read(await mail(email, read));
    if (newest !== before) return newest;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`no other code came for ${email}`);
}

/** What an app for one-time codes shows, for a secret in base 32; `steps` of 30 seconds from now. */
export function totp(secret, steps = 0) {
  const bits = [...secret.replace(/[^A-Z2-7]/g, '')].map((c) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(c).toString(2).padStart(5, '0'));
  const bytes = bits.join('').match(/.{8}/g).map((byte) => Number.parseInt(byte, 2));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + steps));
  const hash = createHmac('sha1', Buffer.from(bytes)).update(counter).digest();
  const number = hash.readUInt32BE(hash[19] & 0xf) & 0x7fff_ffff;
  return String(number % 1_000_000).padStart(6, '0');
}

/** Somebody who is signed up already, in the browser that `person` has. Answers who they are, id included. */
export async function join({ context }, who) {
  await send(context, 'post', `${WEB}/register`, { form: { ...who } });
  await send(context, 'post', `${WEB}/verify`, { form: { code: await code(who.email) } });
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

/**
 * Asks as the person whose browser it is, and answers what came back. On a connection of its own: a kept one may be closed in the very
 * moment that it is used again, and a POST is not repeated by itself.
 */
export async function send(context, method, url, options = {}) {
  const answer = await context.request[method](url, { headers: { origin: WEB, connection: 'close' }, ...options });
  assert.ok(answer.ok(), `${method} ${url}: ${answer.status()} ${await answer.text()}`);
  return answer.headers()['content-type']?.startsWith('application/json') ? answer.json() : undefined;
}
