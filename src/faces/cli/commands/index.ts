import type { Command } from '../command.ts';
import { whatCan, whoCan } from './access.ts';
import { apply } from './apply.ts';
import { compare } from './compare.ts';
import { complete, completion } from './completion.ts';
import { connection } from './connection.ts';
import { doctor } from './doctor.ts';
import { down } from './down.ts';
import { drift } from './drift.ts';
import { explain } from './explain.ts';
import { history } from './history.ts';
import { importLive } from './import.ts';
import { init } from './init.ts';
import { offsets } from './offsets.ts';
import { plan } from './plan.ts';
import { render } from './render.ts';
import { restart } from './restart.ts';
import { rotate } from './rotate.ts';
import { secret } from './secret.ts';
import { show } from './show.ts';
import { status } from './status.ts';
import { up } from './up.ts';
import { validate } from './validate.ts';

/** Every command, in the order in which help lists them. */
export const commands: readonly Command[] = [
  init,
  validate,
  render,
  compare,
  plan,
  apply,
  drift,
  status,
  history,
  show,
  importLive,
  whoCan,
  whatCan,
  connection,
  rotate,
  restart,
  offsets,
  secret,
  explain,
  doctor,
  up,
  down,
  completion,
  complete,
];
