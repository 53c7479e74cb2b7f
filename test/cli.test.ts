import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { Host } from '#faces/cli/host.ts';

const launcher = join(import.meta.dirname, '../bin/kaas');
const folder = mkdtempSync(join(tmpdir(), 'kaas-cli-'));
const landscape = join(folder, 'shop');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Finished {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const kaas = (...args: string[]): Promise<Finished> =>
  new Promise(resolve => {
    const child = execFile(launcher, args, { env: { ...process.env, KAAS_ACTOR: 'test@example.org' } }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
    );
    child.stdin?.end();
  });

describe('the command line, offline', () => {
  test('init makes a landscape that validates, and never writes over one', async () => {
    expect((await kaas('init', landscape)).code).toBe(0);
    const { code, stdout } = await kaas('-C', landscape, 'validate');
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining('No problems') });
    const again = await kaas('init', landscape);
    expect(again.code).toBe(1);
    expect(again.stderr).toContain('cli/landscape-exists');
  });

  test('plan --offline shows everything as new, without any server', async () => {
    const { code, stdout } = await kaas('-C', landscape, 'plan', 'dev', '--offline', '--exit-code', '-o', 'json');
    expect(code).toBe(2);
    expect(JSON.parse(stdout).changes.map((change: { kind: string }) => change.kind)).toEqual(['Topic', 'ServiceAccount', 'Acl']);
  });

  test('a mistake is a problem with its place on stdout and exit code 1', async () => {
    const file = join(landscape, 'tenants/shop/orders.yaml');
    const before = readFileSync(file, 'utf8');
    writeFileSync(file, before.replace('dataClass: internal', 'dataClas: internal'));
    const { code, stdout } = await kaas('validate', '-C', landscape, '-o', 'json');
    writeFileSync(file, before);
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      schemaVersion: 1,
      problems: [{ severity: 'error', at: { file: 'tenants/shop/orders.yaml', line: 8, column: 3 } }],
    });
  });

  test('explain says what a field means, and suggests the nearest kind', async () => {
    expect((await kaas('explain', 'topic.partitions')).stdout).toContain('Number of partitions');
    expect((await kaas('explain', 'Topic', '-o', 'name')).stdout.split('\n')).toContain('partitions');
    const { code, stderr } = await kaas('explain', 'Topik');
    expect({ code, stderr }).toEqual({ code: 64, stderr: expect.stringContaining('did you mean `Topic`') });
  });

  test('explain reaches every field: below unions, lists and mappings too', async () => {
    const { kinds } = await import('#kinds/registry.ts');
    const { z } = await import('zod');
    const { explainField } = await import('#faces/cli/views/explain.ts');
    type Schema = Record<string, unknown>;
    const paths = (schema: Schema): string[][] => [
      ...Object.entries((schema.properties ?? {}) as Record<string, Schema>).flatMap(([name, value]) => [
        [name],
        ...paths(value).map(path => [name, ...path]),
      ]),
      ...[schema.items, ...[schema.anyOf, schema.oneOf, schema.allOf].flatMap(each => each ?? [])]
        .filter(each => each !== undefined)
        .flatMap(each => paths(each as Schema)),
      ...(typeof schema.additionalProperties === 'object'
        ? paths(schema.additionalProperties as Schema).map(path => ['any', ...path])
        : []),
    ];
    for (const kind of kinds) {
      const schema = z.toJSONSchema(kind.spec, { io: 'input', unrepresentable: 'any' }) as Schema;
      for (const path of paths(schema)) expect(() => explainField(schema, path)).not.toThrow();
    }
    expect((await kaas('explain', 'KafkaCluster.connection.tls')).stdout).toContain('certificate');
    expect(await kaas('explain', 'Topic.partition')).toMatchObject({
      code: 64,
      stderr: expect.stringContaining('did you mean `partitions`'),
    });
  });

  test('completion knows what an option takes, and where -C leads', async () => {
    const words = async (...line: string[]) => (await kaas('complete', '--', ...line)).stdout.trim().split('\n');
    expect(await words('-C', landscape, 'plan', '')).toEqual(['dev']);
    expect(await words('-C', landscape, 'plan', '--tenant', 'x', '')).toEqual(['dev']);
    expect(await words('connection', 'dev', 'a', '--format', 's')).toEqual(['spring']);
    expect(await words('validate', '-o', 'j')).toEqual(['json', 'junit']);
    expect(await words('plan', 'dev', '--out', '')).toEqual(['']);
  });

  test('connection names the authority in every format, by a path that holds in any folder, and a secret in none', async () => {
    const file = join(landscape, 'platform/clusters/main.yaml');
    const before = readFileSync(file, 'utf8');
    writeFileSync(
      file,
      `apiVersion: kaas.dev/v1
kind: KafkaCluster
metadata: { name: main }
spec: { connection: { bootstrapServers: ["k:9093"], protocol: SSL, tls: { ca: { file: platform/ca.pem } } } }
`,
    );
    for (const format of ['properties', 'librdkafka', 'json', 'env', 'spring']) {
      const { code, stdout } = await kaas('-C', landscape, 'connection', 'dev', 'shop.checkout', '--format', format);
      expect({ format, code, stdout }).toEqual({
        format,
        code: 0,
        stdout: expect.stringContaining(join(landscape, 'platform/ca.pem')),
      });
    }
    writeFileSync(file, before);
    const wrong = await kaas('-C', landscape, 'connection', 'dev', 'shop.chekout');
    expect(wrong).toMatchObject({ code: 64, stderr: expect.stringContaining('did you mean `shop.checkout`') });
  });

  test('--help lists every command on stdout', async () => {
    const { code, stdout } = await kaas('--help');
    expect(code).toBe(0);
    for (const name of ['validate', 'plan', 'apply', 'who-can', 'up']) expect(stdout).toContain(`  ${name} `);
  });

  test("every command's --help ends with examples that its own grammar understands", async () => {
    const { commands } = await import('#faces/cli/commands/index.ts');
    const { program } = await import('#faces/cli/program.ts');
    for (const command of commands.filter(each => each.hidden !== true)) {
      let help = '';
      const host = { version: '0', write: (text: string) => (help += text), log: () => {} } as unknown as Host;
      let ran = 0;
      const grammar = () => program(host, commands, async () => void ran++);
      expect(await grammar().parse([command.name, '--help'])).toBe(0);
      expect(help).toContain('Examples:\n  $ kaas ');
      for (const [line] of command.examples ?? [])
        expect([
          line,
          await grammar().parse(
            line
              .replace(/ [|>].*/, '')
              .replaceAll("'", '')
              .split(' '),
          ),
        ]).toEqual([line, undefined]);
      expect(ran).toBe(command.examples?.length);
    }
  });

  test.each([
    ['an unknown command', ['plann']],
    ['no command', []],
    ['apply without --yes where nobody can be asked', ['-C', landscape, 'apply', 'dev']],
    ['an unknown environment', ['-C', landscape, 'plan', 'prod']],
    ['an unknown output format', ['-C', landscape, 'plan', 'dev', '-o', 'xml']],
  ])('%s is wrong usage: 64, nothing on stdout', async (_what, args) => {
    const { code, stdout } = await kaas(...args);
    expect({ code, stdout }).toEqual({ code: 64, stdout: '' });
  });

  test('a folder without kaas.yaml is no landscape, and says what to do', async () => {
    const { code, stderr } = await kaas('-C', folder, 'validate');
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('kaas init') });
  });

  test.each([
    ['json', (text: string) => JSON.parse(text).problems[0].code],
    ['sarif', (text: string) => JSON.parse(text).runs[0].results[0].ruleId],
    ['junit', (text: string) => /failure type="([^"]*)"/.exec(text)?.[1]],
    ['name', (text: string) => text.trim()],
  ])('a machine that asked for %s gets a document also where there is no landscape', async (format, codeOf) => {
    const { code, stdout } = await kaas('-C', folder, 'plan', 'dev', '-o', format);
    expect({ code, found: codeOf(stdout) }).toEqual({ code: 1, found: 'load/no-landscape' });
  });

  test('a file where a folder should be is told as what it is, not as our bug', async () => {
    const file = join(folder, 'file');
    writeFileSync(file, '');
    for (const args of [
      ['init', join(file, 'x')],
      ['-C', file, 'up'],
    ]) {
      const { code, stderr } = await kaas(...args);
      expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringMatching(/^files\/failed: .*ENOTDIR/) });
    }
  });

  test('a reader that goes away early, of either stream, is no failure', async () => {
    const ended = await new Promise(resolve => {
      const child = execFile(launcher, ['plan', 'dvv', '-C', landscape], error => resolve(error === null ? 0 : error.code));
      child.stderr?.destroy();
    });
    expect(ended).toBe(64);
  });

  test('a plan of a cluster that is not up names the remedy', async () => {
    const { code, stdout } = await kaas('-C', landscape, 'plan', 'dev');
    expect(code).toBe(1);
    expect(stdout).toContain('kaas up');
  });
});

test('init where no folder can be made ends with the reason, at once', async () => {
  const result = await kaas('init', '/proc/kaas-landscape');
  expect([result.code, result.stderr]).toEqual([1, expect.stringContaining('ENOENT')]);
});
