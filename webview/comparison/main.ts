import '../theme/comparison.css';
import { connect } from '../page/vscode.ts';
import { startPage } from './page.ts';

const { port, stateStore } = connect();
const root = document.getElementById('app');
if (root) startPage(port, stateStore, root);
