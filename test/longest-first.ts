import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Those that take half a minute and more. */
const longest = [
  'test/routing/model.test.ts',
  'test/routing/redis/many-nodes.test.ts',
  'test/shift.test.ts',
  'test/emulator/calling/official-shape.test.ts',
  'test/server/start-server.test.ts',
  'test/testing/simulator/erlang.test.ts',
  'test/acs/chat/over-the-emulator.test.ts',
  'test/packaging/import.test.ts',
  'test/packaging/types.test.ts',
  'test/packaging/api-report.test.ts',
];

/** Starts what takes long before the rest, so that in the end no worker waits for another. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isLong = ({ moduleId }: TestSpecification) => longest.some((path) => moduleId.endsWith(path));
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}
