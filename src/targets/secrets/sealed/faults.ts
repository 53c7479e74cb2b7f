import { Fault } from '#model/fault.ts';

/** Nobody but the holder of another private key can open it. */
export const foreignKey = (message = 'It is sealed to other keys than those of this machine.'): Fault =>
  new Fault('sealing/foreign-key', message, {
    remedy:
      'Seal it to the keys in `Landscape.spec.sealing` with `kaas secret seal`, or put the key that opens it on this machine.',
  });

/** A text that no key opens. `why` never quotes it, nor what a library says of it. */
export const broken = (why: string): Fault =>
  new Fault('sealing/broken', `It cannot be opened: ${why}.`, {
    remedy: 'Put the original back, or seal the value anew with `kaas secret seal`.',
  });

export const unsupported = (what: string, remedy: string): Fault => new Fault('sealing/unsupported', what, { remedy });
