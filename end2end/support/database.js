// What no person and no program can do, as time that passes.

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** Runs a statement in the database that the servers use. */
export async function sql(statement) {
  await promisify(execFile)('psql', ['--no-psqlrc', '--quiet', '--set', 'ON_ERROR_STOP=1', '--command', statement, process.env.DATABASE_URL]);
}
