import { describe, expect, test } from 'vitest';
import { aclOperations } from '#ports/kafka.ts';
import { type Binding, bindingOf, operations, unite, whatCan, whoCan } from './access.ts';

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

  test('a DENY that holds for one host alone is said beside what all other hosts may', () => {
    const bindings = [
      live('User:a|topic|literal|orders|READ|ALLOW|*'),
      live('User:a|topic|literal|orders|READ|ALLOW|10.0.0.1'),
      live('User:a|topic|literal|orders|READ|DENY|10.0.0.2'),
    ];
    expect(whoCan(bindings, 'READ', orders).map(right => [right.host, right.verdict])).toEqual([
      ['*', 'allowed'],
      ['10.0.0.2', 'denied'],
    ]);
    expect(whoCan(bindings.slice(1), 'READ', orders).map(right => [right.host, right.verdict])).toEqual([
      ['10.0.0.1', 'allowed'],
    ]);
  });

  test('whom a DENY takes out of what everybody may is said by name', () => {
    const bindings = [live('User:*|topic|literal|*|READ|ALLOW|*'), live('User:carol|topic|literal|orders|ALL|DENY|*')];
    expect(verdicts(bindings)).toEqual([
      ['User:*', 'allowed'],
      ['User:carol', 'denied'],
    ]);
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
  expect(whatCan([live('User:CN=a%7Cb|topic|prefixed|ord|WRITE|ALLOW|*')], 'User:CN=a|b')).toMatchObject([
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

test('what an account can do names the exceptions: a DENY on some names, some hosts, one operation', () => {
  const told = (...names: string[]) =>
    whatCan(names.map(live), 'User:a').map(right => `${right.verdict} ${right.operation} ${right.resourceName} ${right.host}`);
  expect(told('User:a|topic|prefixed|shop.|READ|ALLOW|*', 'User:a|topic|literal|shop.secret|READ|DENY|*')).toEqual([
    'allowed READ shop.* *',
    'denied READ shop.secret *',
  ]);
  expect(told('User:a|topic|literal|x|READ|ALLOW|*', 'User:*|topic|literal|*|READ|DENY|10.0.0.2')).toEqual([
    'denied READ * 10.0.0.2',
    'allowed READ x *',
  ]);
  expect(told('User:a|topic|literal|x|ALL|ALLOW|*', 'User:a|topic|literal|x|DELETE|DENY|*')).toEqual([
    'allowed ALL x *',
    'denied DELETE x *',
  ]);
  expect(told('User:a|topic|literal|x|READ|ALLOW|*', 'User:a|topic|literal|y|READ|DENY|*')).toEqual(['allowed READ x *']);
});

test('an operation that Kafka has can be asked for', () => {
  expect(operations).toEqual(aclOperations);
});
