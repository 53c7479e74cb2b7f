import { createServer, type Server } from 'node:net';

/** As many free ports of the loopback address, all held at once while they are chosen, so that no two are equal. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(Array.from({ length: count }, () => held(0)));
  const ports = servers.map(server => (server.address() as { port: number }).port);
  await Promise.all(servers.map(server => new Promise(resolve => server.close(resolve))));
  return ports;
}

/** Can this port of the loopback address be had? */
export const isFree = (port: number): Promise<boolean> =>
  held(port).then(
    server => new Promise(resolve => server.close(() => resolve(true))),
    () => false,
  );

function held(port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer().on('error', reject);
    server.listen(port, '127.0.0.1', () => resolve(server));
  });
}
