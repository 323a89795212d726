export const room = "connect";
