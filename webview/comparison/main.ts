import '../theme/comparison.css';
