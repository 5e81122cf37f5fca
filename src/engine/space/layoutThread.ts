/** Entry of the thread that layouts and neighbours of many points are computed in. */
export {};
