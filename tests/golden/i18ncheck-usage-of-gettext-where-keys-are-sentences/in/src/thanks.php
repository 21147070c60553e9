<?php echo pgettext("menu", "Open"); ?>
<p>Thank you
   for your order</p>
