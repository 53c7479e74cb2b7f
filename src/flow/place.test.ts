import { expect, test } from 'vitest';
import { placeOf } from './place.ts';

test.each([
  ['kaas.yaml', { tenant: null, overlay: null, unassigned: false }],
  ['platform/environments/dev.yaml', { tenant: null, overlay: null, unassigned: false }],
  ['platform/environments/dev/limits.yaml', { tenant: null, overlay: 'dev', unassigned: false }],
  ['platform/environments/dev/unassigned/topics.yaml', { tenant: null, overlay: 'dev', unassigned: true }],
  ['tenants/payments/topics.yaml', { tenant: 'payments', overlay: null, unassigned: false }],
  ['tenants/payments/any/folder/topics.yaml', { tenant: 'payments', overlay: null, unassigned: false }],
  ['tenants/payments/environments/prod/topics.yaml', { tenant: 'payments', overlay: 'prod', unassigned: false }],
  ['tenants/stray.yaml', undefined],
  ['elsewhere/topics.yaml', undefined],
  ['other.yaml', undefined],
])('%s says whose it is and where it holds', (file, place) => {
  expect(placeOf(file)).toEqual(place);
});
