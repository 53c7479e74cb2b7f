import { describe, expect, test } from 'vitest';
import { type Binding, bindingOf, unite, whatCan, whoCan } from './access.ts';

const live = (name: string) => bindingOf(name, [], true) as Binding;
const declared = (name: string) => bindingOf(name, ['shop/Access/a'], false) as Binding;
const orders = { type: 'topic', name: 'orders' };
const verdicts = (bindings: Binding[], operation = 'READ') =>
  whoCan(bindings, operation, orders).map(right => [right.principal, right.verdict]);

describe('who can', () => {
  test('a literal, a prefix and a wildcard reach the topic; another name does not', () => {
    const bindings = [
      live('User:a|topic|literal|orders|READ|ALLOW|*'),
      live('User:b|topic|prefixed|ord|READ|ALLOW|*'),
      live('User:c|topic|literal|*|READ|ALLOW|*'),
      live('User:d|topic|literal|order|READ|ALLOW|*'),
    ];
    expect(verdicts(bindings)).toEqual([
      ['User:a', 'allowed'],
      ['User:b', 'allowed'],
      ['User:c', 'allowed'],
    ]);
  });

  test('READ implies DESCRIBE, ALL implies everything, DESCRIBE implies nothing', () => {
    const bindings = [live('User:a|topic|literal|orders|READ|ALLOW|*'), live('User:b|topic|literal|orders|ALL|ALLOW|*')];
    expect(verdicts(bindings, 'DESCRIBE')).toHaveLength(2);
    expect(verdicts([live('User:a|topic|literal|orders|DESCRIBE|ALLOW|*')])).toEqual([]);
  });

  test('a DENY overrules, also one for everybody', () => {
    const allow = live('User:a|topic|literal|orders|READ|ALLOW|*');
    expect(verdicts([allow, live('User:*|topic|prefixed|ord|ALL|DENY|*')])).toEqual([['User:a', 'denied']]);
  });

  test('what is declared and not live is said so; declared and live is one', () => {
    const name = 'User:a|topic|literal|orders|READ|ALLOW|*';
    expect(verdicts([declared(name)])).toEqual([['User:a', 'declared']]);
    const [both] = whoCan(unite([declared(name), live(name)]), 'READ', orders);
    expect(both?.verdict).toBe('allowed');
    expect(both?.because[0]?.declaredBy).toEqual(['shop/Access/a']);
  });
});

test('what an account can do keeps patterns as patterns', () => {
  expect(whatCan([live('User:CN=a|b|topic|prefixed|ord|WRITE|ALLOW|*')], 'User:CN=a|b')).toMatchObject([
    { resourceName: 'ord*', operation: 'WRITE', verdict: 'allowed' },
  ]);
});

test('a super user may do everything, whatever the ACLs say of it', () => {
  const deny = bindingOf('User:admin|topic|literal|orders|WRITE|DENY|*', [], true) as Binding;
  const [right, ...others] = whoCan([deny], 'WRITE', { type: 'topic', name: 'orders' }, ['User:admin']);
  expect(right).toMatchObject({ principal: 'User:admin', verdict: 'allowed', because: [] });
  expect(others).toEqual([]);
  expect(whatCan([deny], 'User:admin', ['User:admin'])).toMatchObject([{ operation: 'ALL', verdict: 'allowed' }]);
});
