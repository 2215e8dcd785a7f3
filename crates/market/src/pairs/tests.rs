mod life;
mod regression;
