import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SchemaReference, SchemaRegistry, SubjectSchema } from '#ports/schema-registry.ts';

const record = (name: string, ...fields: object[]) => JSON.stringify({ type: 'record', name, fields });
const id = { name: 'id', type: 'long' };
const optional = { name: 'note', type: 'string', default: '' };

const avro = (subject: string, text: string, references: SchemaReference[] = []): SubjectSchema => ({
  subject,
  schema: { type: 'AVRO', text, references },
  normalize: false,
});

const awkward = [
  'with space',
  'a/b',
  '/a',
  'a//b/',
  'a%2Fb',
  'a%b',
  'ümläut 日本 😀',
  'a?b#c&d=e',
  'quo\'te"d',
  'a\\b;c',
  'a+b',
  '.',
  '..',
  '../config',
  'latest',
  'versions',
  'x:y',
];

/** What every target of the port `SchemaRegistry` promises. Each run lives under a prefix of its own. */
export function schemaRegistryContract(name: string, open: () => Promise<SchemaRegistry>): void {
  describe(name, { timeout: 120_000 }, () => {
    let registry: SchemaRegistry;
    let serial = 0;
    const run = `c${randomBytes(4).toString('hex')}`;
    const fresh = () => `${run}.${++serial}`;
    beforeAll(async () => {
      registry = await open();
    }, 300_000);
    afterAll(async () => registry?.[Symbol.asyncDispose]());

    const registered = async (...schemas: SubjectSchema[]) => {
      const results = await registry.register(schemas);
      for (const each of results) if (!each.ok) throw each.fault;
      return results.map(each => each.ok && each.value);
    };

    test('knows a registered schema as the latest version, with its text, type and number', async () => {
      const subject = fresh();
      const text = record('R', id);
      expect(await registered(avro(subject, text))).toEqual([1]);
      const latest = (await registry.latest(new Set([subject]))).get(subject);
      expect(latest).toMatchObject({ subject, version: 1, type: 'AVRO', text, references: [] });
      expect((await registry.latest()).get(subject)).toEqual(latest);
    });

    test('keeps the text of every language to the letter', async () => {
      const texts = [
        ['PROTOBUF', 'syntax = "proto3";\n\n// Who ordered.\nmessage M {\n  int64 id = 1;\n}\n'],
        ['JSON', '{\n  "$schema": "http://json-schema.org/draft-07/schema#",\n  "type": "object",\n  "description": "Ö 😀"\n}'],
        // Registries may write Avro anew without its white space.
        ['AVRO', record('R', { ...id, doc: 'Ö 😀' })],
      ] as const;
      for (const [type, text] of texts) {
        const subject = fresh();
        await registered({ subject, schema: { type, text, references: [] }, normalize: false });
        expect((await registry.latest(new Set([subject]))).get(subject)).toMatchObject({ type, text });
      }
    });

    test('registering the same again gives the version that is there, also when it is not the latest', async () => {
      const subject = fresh();
      const [one, two] = [record('R', id), record('R', id, optional)];
      for (const [text, version] of [
        [one, 1],
        [one, 1],
        [two, 2],
        [two, 2],
        [one, 1],
      ] as const)
        expect(await registered(avro(subject, text))).toEqual([version]);
      expect((await registry.versions([subject])).get(subject)?.map(each => [each.version, each.text])).toEqual([
        [1, one],
        [2, two],
      ]);
    });

    test('finds the version that has a schema, and none where the subject or the schema is not there', async () => {
      const subject = fresh();
      await registered(avro(subject, record('R', id)));
      await registered(avro(subject, record('R', id, optional)));
      const found = await registry.find([
        avro(subject, record('R', id, optional)),
        avro(subject, record('R', id)),
        avro(subject, record('Other')),
        avro(fresh(), record('R', id)),
      ]);
      expect(found).toEqual([2, 1, null, null].map(value => ({ ok: true, value })));
    });

    test('takes a text that differs in white space for the same when asked to normalise', async () => {
      const subject = fresh();
      await registered({ ...avro(subject, record('R', id)), normalize: true });
      const spaced = { ...avro(subject, record('R', id).replaceAll(',', ' , ')), normalize: true };
      expect(await registry.find([spaced])).toEqual([{ ok: true, value: 1 }]);
      expect(await registered(spaced)).toEqual([1]);
    });

    test('judges a new version without writing it, by the level that is set', async () => {
      const subject = fresh();
      await registered(avro(subject, record('R', id)));
      const wanted = [avro(subject, record('R', id, { name: 'must', type: 'int' })), avro(subject, record('R', id, optional))];
      const verdicts = async () => (await registry.check(wanted)).map(each => each.ok && each.value.compatible);
      await registry.configure([{ subject, compatibility: 'BACKWARD' }]);
      expect(await verdicts()).toEqual([false, true]);
      await registry.configure([{ subject, compatibility: 'NONE' }]);
      expect(await verdicts()).toEqual([true, true]);
      expect((await registry.versions([subject])).get(subject)).toHaveLength(1);
    });

    test('takes any schema for the first version of a subject', async () => {
      expect(await registry.check([avro(fresh(), record('R'))])).toMatchObject([{ ok: true, value: { compatible: true } }]);
    });

    test('refuses one bad schema with its code and takes its neighbours', async () => {
      const [good, bad, broken, lost] = [fresh(), fresh(), fresh(), fresh()];
      await registry.configure([{ subject: bad, compatibility: 'BACKWARD' }]);
      await registered(avro(bad, record('R', id)));
      const gone = { name: 'B', subject: fresh(), version: 1 };
      const results = await registry.register([
        avro(bad, record('R', { name: 'must', type: 'int' })),
        avro(good, record('R', id)),
        avro(broken, '{"type":"record"'),
        avro(lost, record('R', { name: 'b', type: 'B' }), [gone]),
      ]);
      expect(results.map(each => (each.ok ? each.value : each.fault.code))).toEqual([
        'registry/incompatible',
        1,
        'registry/invalid',
        'registry/invalid',
      ]);
      expect(await registry.latest(new Set([good, broken, lost]))).toHaveProperty('size');
      expect([...(await registry.latest(new Set([good, broken, lost]))).keys()].filter(each => each !== good)).not.toContain(
        lost,
      );
    });

    test('sets a level and a mode and takes them away again, before and after there are versions', async () => {
      const defaults = await registry.defaults();
      const other = defaults.compatibility === 'FULL' ? 'FORWARD' : 'FULL';
      const subject = fresh();
      const settings = async () => (await registry.settings([subject])).get(subject);
      // A registry that cannot tell what is not set from its own setting answers that.
      const unset = {
        compatibility: expect.toBeOneOf([null, defaults.compatibility]),
        mode: expect.toBeOneOf([null, defaults.mode]),
      };
      expect(await settings()).toEqual(unset);
      expect(await registry.configure([{ subject, compatibility: other }])).toMatchObject([{ ok: true }]);
      expect(await settings()).toEqual({ ...unset, compatibility: other });
      await registered(avro(subject, record('R', id)));
      expect(await settings()).toEqual({ ...unset, compatibility: other });
      await registry.configure([{ subject, mode: 'READONLY' }]);
      expect(await settings()).toEqual({ compatibility: other, mode: 'READONLY' });
      for (let again = 0; again < 2; again++) {
        expect(await registry.configure([{ subject, compatibility: null, mode: null }])).toMatchObject([{ ok: true }]);
        expect(await settings()).toEqual(unset);
      }
    });

    test('keeps references, and refuses to delete what others refer to', async () => {
      const [base, user] = [fresh(), fresh()];
      await registered(avro(base, record('Base', id)));
      const references = [{ name: 'Base', subject: base, version: 1 }];
      const text = record('User', { name: 'base', type: 'Base' });
      await registered(avro(user, text, references));
      expect((await registry.latest(new Set([user]))).get(user)).toMatchObject({ text, references });
      expect(await registry.find([avro(user, text, references)])).toEqual([{ ok: true, value: 1 }]);
      expect(await registry.referrers([base, user])).toEqual(
        new Map([
          [base, 1],
          [user, 0],
        ]),
      );
      const [refused] = await registry.remove([base]);
      expect(refused).toMatchObject({ ok: false, fault: { code: 'registry/referenced' } });
      expect((await registry.latest(new Set([base]))).has(base)).toBe(true);
    });

    test('counts who refers to an older version, too: that keeps the subject as well', async () => {
      const [base, user] = [fresh(), fresh()];
      await registered(avro(base, record('Base', id)));
      const references = [{ name: 'Base', subject: base, version: 1 }];
      await registered(avro(user, record('User', { name: 'base', type: 'Base' }), references));
      await registered(avro(base, record('Base', id, { name: 'more', type: 'int', default: 0 })));
      expect(await registry.referrers([base])).toEqual(new Map([[base, 1]]));
      expect(await registry.remove([base])).toMatchObject([{ ok: false, fault: { code: 'registry/referenced' } }]);
    });

    test('deletes softly, with what is set on the subject; it can be registered again and its numbers go on', async () => {
      const subject = fresh();
      await registered(avro(subject, record('R', id)));
      const { compatibility } = await registry.defaults();
      await registry.configure([{ subject, compatibility: compatibility === 'FULL' ? 'FORWARD' : 'FULL', mode: 'READONLY' }]);
      expect(await registry.remove([subject, fresh()])).toMatchObject([{ ok: true }, { ok: true }]);
      expect((await registry.latest()).has(subject)).toBe(false);
      expect((await registry.versions([subject])).get(subject)).toEqual([]);
      expect(await registry.remove([subject])).toMatchObject([{ ok: true }]);
      const [again] = await registered(avro(subject, record('Quite', { name: 'different', type: 'int' })));
      expect(again).toBe(2);
      expect((await registry.settings([subject])).get(subject)?.compatibility ?? compatibility).toBe(compatibility);
    });

    test('says of an unknown subject that it has no versions', async () => {
      const subject = fresh();
      expect(await registry.versions([subject])).toEqual(new Map([[subject, []]]));
      expect(await registry.latest(new Set([subject]))).toBeInstanceOf(Map);
      expect((await registry.latest(new Set([subject]))).has(subject)).toBe(false);
    });

    test.each(awkward)('a subject called `%s` is itself in every call', async suffix => {
      // Dots alone are dangerous only as the whole name.
      const subject = /^\.+$/.test(suffix) ? suffix : `${fresh()} ${suffix}`;
      await registry.remove([subject]);
      const text = record('R', id);
      const [version] = await registered(avro(subject, text));
      expect((await registry.latest(new Set([subject]))).get(subject)).toMatchObject({ subject, text });
      expect(await registry.find([avro(subject, text)])).toEqual([{ ok: true, value: version }]);
      expect((await registry.check([avro(subject, record('R', id, optional))]))[0]).toMatchObject({ ok: true });
      await registry.configure([{ subject, compatibility: 'FORWARD' }]);
      expect((await registry.settings([subject])).get(subject)?.compatibility).toBe('FORWARD');
      expect((await registry.versions([subject])).get(subject)?.map(each => each.version)).toEqual([version]);
      expect(await registry.remove([subject])).toMatchObject([{ ok: true }]);
      expect((await registry.latest(new Set([subject]))).has(subject)).toBe(false);
    });

    test('works through many subjects in one call', async () => {
      const subjects = Array.from({ length: 40 }, fresh);
      await registered(...subjects.map((subject, index) => avro(subject, record(`R${index}`))));
      const latest = await registry.latest(new Set(subjects));
      expect(subjects.map(subject => latest.get(subject)?.text)).toEqual(subjects.map((_, index) => record(`R${index}`)));
    });
  });
}
