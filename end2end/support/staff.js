// Those who look after the place: a role is given by a command, as in real life.

import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const PROGRAM = fileURLToPath(new URL('../../target/debug/balloond-api', import.meta.url));

/** Gives somebody a role. */
export async function grant(who, role) {
  await promisify(execFile)(PROGRAM, ['grant', who.email, role]);
}
