import { createRoot } from 'react-dom/client';
import { Themed } from '../theme';
import { Side } from './side';

const root = document.getElementById('root');
if (root === null) throw new Error('unable to start; the page has no root');

createRoot(root).render(
  <Themed>
    <Side />
  </Themed>,
);
