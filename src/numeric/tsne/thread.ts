/** Entry of the threads that share the work of an iteration of t-SNE. */
export {};
