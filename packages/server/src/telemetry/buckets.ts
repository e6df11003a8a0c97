/** Upper bounds for latencies in seconds: fine where interactive matches are, up to their default deadline. */
export const LATENCY_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Upper bounds for how many go together in one batch. */
export const SIZE_BUCKETS = [1, 2, 4, 8, 16, 32, 64, 128];
