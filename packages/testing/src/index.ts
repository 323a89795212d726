export const room = "testing";
