export const room = "inventory";
