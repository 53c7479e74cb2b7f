import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { Change } from '#model/change.ts';
import { PlanDocument, ValidateDocument } from '../plan-schemas.ts';
import { samplePlan, sampleProblem } from '../samples.ts';
import { junit } from './junit.ts';
import { paint, wantsColour } from './paint.ts';
import { planDocument } from './plan-document.ts';
import { planMarkdown } from './plan-markdown.ts';
import { planText } from './plan-text.ts';
import { problemsDocument } from './problems-document.ts';
import { problemText } from './problems-text.ts';
import { sarif } from './sarif.ts';

const text = planText(samplePlan, paint(false));

describe('the plan as text', () => {
  test('groups by cluster and tenant, says old and new, risk, reason, evidence and who can unblock', () => {
    expect(text).toContain('main · tenant shop\n  + create Topic shop.orders (dev.shop.orders)');
    expect(text).toContain('config.retention.ms: 604800000 → 3600000  destructive');
    expect(text).toContain('! about 41 GiB older than 1 h will be deleted topic/retention-drops-data');
    expect(text).toContain('bytes 41.0 GiB; consumers shop.billing');
    expect(text).toContain('main · platform\n  - delete');
    expect(text).toContain('waits for platform: prune is off plan/prune-off');
    expect(text).toContain('1 to create, 1 to update, 1 blocked; 812 unchanged.');
  });

  test('lets no name steer the terminal', () => {
    expect(text).not.toContain('\u001b');
    expect(text).toContain('old\\u001b[2J');
  });

  test('lets no value of several lines read like lines of the plan', () => {
    const [first] = samplePlan.changes as [Change];
    const field = { path: 'config.x', from: 'a\n\n', to: 'b\n0 to create\n', risk: 'safe' as const };
    const reason = { code: 'x/y', message: 'one\n  ^' };
    const lines = planText(
      { ...samplePlan, changes: [{ ...first, action: 'update', fields: [field], reasons: [reason] }] },
      paint(false),
    );
    expect(lines).toContain('      config.x:\n        - a\n        + b\n        + 0 to create\n');
    expect(lines).toContain('      ! one\n          ^ x/y\n');
  });

  test('says a problem with place, code, message, what it overrides and the remedy', () => {
    expect(problemText(sampleProblem, paint(false)).split('\n')).toEqual([
      'error  tenants/shop/topics.yaml:7:5  topic/bad-name',
      '  Kafka does not accept this topic name: `a b` has a space <in it> & "more".',
      '  see also platform/x.yaml:1:1',
      '  hint: Use a-z.',
    ]);
  });
});

test('a text of several lines stands below its path, and in a table only what changes of it', () => {
  const change = samplePlan.changes.find(each => each.action === 'update') as (typeof samplePlan.changes)[number];
  const field = { path: 'schema', from: 'one\ntwo', to: 'one\nthree\u001b', risk: 'safe' } as const;
  const plan = { ...samplePlan, changes: [{ ...change, fields: [field] }] };
  expect(planText(plan, paint(false))).toContain('      schema:\n          one\n        - two\n        + three\\u001b\n');
  expect(planMarkdown(plan)).toContain('schema: - two + three');
  const made = { ...change, action: 'create', fields: [{ ...field, from: null }] } as const;
  expect(planMarkdown({ ...plan, changes: [made] })).toContain('schema: 2 lines are new');
});

describe('the plan for machines', () => {
  test('has the published shape and nothing internal', () => {
    const document = planDocument(samplePlan);
    expect(z.strictObject(PlanDocument.shape).parse(document)).toEqual(document);
    expect(Object.keys(document.changes[0] ?? {})).not.toContain('owned');
    expect(Object.keys(document.changes[0] ?? {})).not.toContain('clusterId');
    expect(ValidateDocument.parse(problemsDocument(samplePlan.problems)).problems).toHaveLength(1);
  });

  test('is SARIF that names rule, place and related places', () => {
    const [run] = JSON.parse(sarif([sampleProblem], '1.0.0')).runs;
    expect(run.tool.driver.rules[0].id).toBe('topic/bad-name');
    expect(run.results[0].locations[0].physicalLocation.region).toEqual({ startLine: 7, startColumn: 5 });
    expect(run.results[0].relatedLocations).toHaveLength(1);
  });

  test('is JUnit that escapes what others wrote', () => {
    const xml = junit([sampleProblem], 'kaas');
    expect(xml).toContain('failures="1"');
    expect(xml).toContain('&lt;in it&gt; &amp; &quot;more&quot;');
    expect(junit([], 'kaas')).toContain('tests="1" failures="0"');
  });

  test('that drift has is called drift, in Markdown too', () => {
    expect(planMarkdown(samplePlan)).toContain('### Plan for `');
    expect(planMarkdown(samplePlan, 'drift')).toContain('### Drift for `');
  });

  test('is Markdown whose cells cannot break the table', () => {
    const rows = planMarkdown(samplePlan)
      .split('\n')
      .filter(line => line.startsWith('|'));
    expect(rows).toHaveLength(5);
    expect(new Set(rows.map(row => row.replaceAll('\\|', '').split('|').length)).size).toBe(1);
  });
});

test('colour needs a terminal, no NO_COLOR and no --no-color', () => {
  expect(wantsColour({}, true, true)).toBe(true);
  expect(wantsColour({ NO_COLOR: '1' }, true, true)).toBe(false);
  expect(wantsColour({}, false, true)).toBe(false);
  expect(wantsColour({}, true, false)).toBe(false);
});
