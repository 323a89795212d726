export { argocd, type ArgoCdOptions } from "./argocd.ts";
