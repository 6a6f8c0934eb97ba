import { createLive } from 'onescreen';
import { expect, it } from 'vitest';
import { memberStores } from '../../src/react/use-member';

const ids = (...all: readonly string[]) => all.map((id) => ({ id, view: createLive(`view of ${id}`).live }));

function desk() {
  const list = createLive(ids('a', 'b'));
  const storeOf = memberStores(list.live, (now, id) => now.find((one) => one.id === id)?.view);
  return { list, storeOf };
}

it('has one store for an id, whoever shows it', () => {
  const { storeOf } = desk();
  expect(storeOf('a')).toBe(storeOf('a'));
  expect(storeOf('a').read()).toBe('view of a');
  expect(storeOf('nobody').read()).toBeUndefined();
});

it('drops what nobody shows any more, once the list is another one', () => {
  const { list, storeOf } = desk();
  const [shown, left, never] = [storeOf('a'), storeOf('b'), storeOf('c')];
  shown.subscribe(() => {});
  left.subscribe(() => {})();
  storeOf('d');
  expect(storeOf('b')).toBe(left);

  list.set(ids('a', 'b', 'e'));
  storeOf('e');
  expect(storeOf('a')).toBe(shown);
  expect(storeOf('b')).not.toBe(left);
  expect(storeOf('c')).not.toBe(never);
});

it('serves whoever subscribes to a store that was dropped in the meantime', () => {
  const { list, storeOf } = desk();
  const rendered = storeOf('a');
  list.set(ids('b'));
  storeOf('b');
  let changes = 0;
  const leave = rendered.subscribe(() => changes++);
  expect(rendered.read()).toBeUndefined();
  list.set(ids('a', 'b'));
  expect(changes).toBeGreaterThan(0);
  expect(rendered.read()).toBe('view of a');
  leave();
});
