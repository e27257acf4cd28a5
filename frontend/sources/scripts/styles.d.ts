// Styles that a script brings with it.
declare module "*.css";
declare module "*.scss";
