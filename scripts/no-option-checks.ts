/** Stands for `ajv` in the bundle: the Kafka client compiles checks of its high-level clients' options with it, which nobody here calls, in 45 ms at each start. */
export class Ajv2020 {
  addKeyword(): void {}

  compile(): () => never {
    return () => {
      throw new Error('the bundle holds no option checks of the Kafka client');
    };
  }
}
