import { Fault, type Retry } from '#model/fault.ts';
import { Bug } from '#model/invariant.ts';

interface Meaning {
  readonly code: string;
  readonly sentence: string;
  readonly remedy: string;
  readonly retry?: Retry;
}

const unreachable: Meaning = {
  code: 'store/unreachable',
  sentence: 'cannot be reached',
  remedy: 'Check that the server runs and that its address and the network let this machine reach it.',
  retry: 'later',
};
const unauthorized: Meaning = {
  code: 'store/not-authorized',
  sentence: 'refused this user',
  remedy: 'Check user and password in the address, and that the user may create and write tables in its schema.',
};
const full: Meaning = {
  code: 'store/disk-full',
  sentence: 'has no space left',
  remedy: 'Free some space on the server.',
  retry: 'later',
};
const locked: Meaning = {
  code: 'store/locked',
  sentence: 'kept us waiting for a lock',
  remedy: 'Another kaas is writing for long. Try again.',
  retry: 'later',
};
const conflict: Meaning = {
  code: 'store/conflict',
  sentence: 'broke off two writes that waited for each other',
  remedy: 'Try again.',
  retry: 'now',
};
const corrupt: Meaning = {
  code: 'store/corrupt',
  sentence: 'reports damaged data',
  remedy: 'Restore the database from a backup.',
};

/** By SQLSTATE (https://www.postgresql.org/docs/current/errcodes-appendix.html), else by its class, else by the system's word. */
const meanings: Readonly<Record<string, Meaning>> = {
  '08': unreachable,
  '28': unauthorized,
  '3D': {
    code: 'store/no-database',
    sentence: 'does not exist',
    remedy: 'Create the database, or correct its name in the address.',
  },
  '3F': {
    code: 'store/no-schema',
    sentence: 'has no schema to create tables in',
    remedy: 'Create the schema that the search path names.',
  },
  '40': conflict,
  42501: unauthorized,
  53100: full,
  53300: {
    code: 'store/too-many-connections',
    sentence: 'has no connection left',
    remedy: 'Raise `max_connections` or stop other clients.',
    retry: 'later',
  },
  '55P03': locked,
  57014: locked,
  '57P': unreachable,
  25006: { code: 'store/read-only', sentence: 'accepts no writes', remedy: 'Use the address of the primary server.' },
  XX001: corrupt,
  XX002: corrupt,
};
const systemWords = /^(E(CONN|HOST|NET|AI_)|ETIMEDOUT|ENOTFOUND|EPIPE|ENOENT)/;
const driverSentences = /Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error/;

/** Says what an error of this server means to a person. The address is named without its password. */
export const postgresTranslation = (url: string) => {
  const name = safeName(url);
  return (error: unknown): unknown => {
    if (!(error instanceof Error) || error instanceof Fault || error instanceof Bug) return error;
    const code = 'code' in error ? String(error.code) : '';
    if (code.length === 5 && code.startsWith('23'))
      return new Bug(`The store refused a row that breaks its rules: ${error.message}.`, { cause: error });
    const network = systemWords.test(code) || driverSentences.test(error.message);
    const meaning = network
      ? unreachable
      : (meanings[code] ?? meanings[code.slice(0, 3)] ?? (code.length === 5 ? meanings[code.slice(0, 2)] : undefined));
    if (meaning === undefined) return error;
    const { sentence, remedy, retry = 'never' } = meaning;
    return new Fault(meaning.code, `The store ${name} ${sentence}${network ? '' : ` (${error.message})`}.`, {
      remedy,
      retry,
      cause: error,
    });
  };
};

function safeName(url: string): string {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  return parsed === undefined ? 'in Postgres' : `postgres://${parsed.host}${parsed.pathname}`;
}
