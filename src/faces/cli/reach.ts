import { connect } from 'node:net';
import { Fault } from '#model/fault.ts';

const withinMs = 3_000;
const usualPorts: Readonly<Record<string, number>> = {
  http: 80,
  https: 443,
  postgresql: 5432,
  postgres: 5432,
  mysql: 3306,
  mongodb: 27017,
};

/** Opens and closes a TCP connection to an address of a Connection. Throws a `Fault` (`connection/unreachable`, `connection/no-port`) otherwise, after three seconds at most. */
export async function reach(address: string): Promise<string> {
  const { host, port } = hostAndPort(address);
  await new Promise<void>((resolve, reject) => {
    const socket = connect({ host, port });
    const end = (fault?: Fault) => {
      socket.destroy();
      if (fault === undefined) resolve();
      else reject(fault);
    };
    socket.setTimeout(withinMs, () => end(new Fault('connection/unreachable', `${host}:${port} did not answer within 3 s.`)));
    socket.once('connect', () => end());
    socket.once('error', (error: NodeJS.ErrnoException) =>
      end(new Fault('connection/unreachable', `${host}:${port} cannot be reached (${error.code ?? error.message}).`)),
    );
  });
  return `${host}:${port} can be reached`;
}

function hostAndPort(address: string): { host: string; port: number } {
  const parts = /^(?:([a-z][a-z0-9+.:-]*):\/\/)?(\[[^\]]+\]|[^:/]+)(?::(\d+))?/.exec(address);
  const scheme = parts?.[1]?.split(':').at(-1) ?? '';
  const port = parts?.[3] === undefined ? usualPorts[scheme] : Number(parts[3]);
  if (parts?.[2] === undefined || port === undefined)
    throw new Fault('connection/no-port', `\`${address}\` names no port.`, { remedy: 'Write HOST:PORT.' });
  return { host: parts[2].replace(/^\[|\]$/g, ''), port };
}
