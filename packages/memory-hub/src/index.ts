export const room = "memory-hub";
