t('Save your work'); t('Save you work');
const s = <p>Hello <b>{name}</b>!</p>;
