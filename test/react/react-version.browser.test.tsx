import { version } from 'react';
import { version as domVersion } from 'react-dom';
import { expect, inject, it } from 'vitest';

declare module 'vitest' {
  interface ProvidedContext {
    /** Of which React this project is. */
    readonly reactMajor: number;
  }
}

it('runs with the React that it names, and one of them', () => {
  expect(domVersion).toBe(version);
  expect(Number(version.split('.')[0])).toBe(inject('reactMajor'));
});
