import { communicationReact } from './communication-react';
import type { ContenderName } from '../job';
import type { Contender } from './contender';
import { floor } from './floor';
import { ours } from './ours';
import { reduxToolkit } from './redux-toolkit';
import { spread } from './spread';

/** Runs `use` with what makes a contender, whatever its inputs are. */
export function withContender<Result>(
  name: ContenderName,
  use: <Input>(make: (conversations: number) => Promise<Contender<Input>>) => Promise<Result>,
): Promise<Result> {
  switch (name) {
    case 'ours':
      return use(ours);
    case 'floor':
      return use(floor);
    case 'communicationReact':
      return use(communicationReact);
    case 'reduxToolkit':
      return use(reduxToolkit);
    case 'spread':
      return use(spread);
  }
}
