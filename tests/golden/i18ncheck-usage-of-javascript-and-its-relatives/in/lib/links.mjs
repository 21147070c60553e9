export const links = ['home', 'about'].map((k) => say('menu.' + k));
